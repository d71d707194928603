export { type OpenPort, type SealingOptions, SealingPort } from './sealing-port.ts';
