export { createProcessRunner, type ProcessRunnerOptions } from './process-runner.ts';
