import { writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

const STDOUT = 1;

/**
 * Names every skipped test with its reason and closes the run with one line that any CI can read, alone and last:
 * `N passed, N failed, N skipped`.
 */
export default class SummaryReporter implements Reporter {
  #passed = 0;
  #failed = 0;
  readonly #skipped: string[] = [];

  onInit(): void {
    // Coverage prints after the last reporter event, so only the end of the process is late enough.
    process.once('exit', (code) => this.#printSummary(code));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.#passed = 0;
    this.#failed = unhandled.length;
    this.#skipped.length = 0;
    for (const module of modules) {
      this.#failed += module.errors().length;
      for (const suite of module.children.allSuites()) this.#failed += suite.errors().length;
      for (const test of module.children.allTests()) this.#count(test);
    }
  }

  #count(test: TestCase): void {
    const result = test.result();
    if (result.state === 'passed') this.#passed += 1;
    else if (result.state === 'failed') this.#failed += 1;
    else {
      const reason = result.state === 'skipped' ? result.note : undefined;
      this.#skipped.push(`${test.module.relativeModuleId} > ${test.fullName}: ${reason ?? 'no reason given'}`);
    }
  }

  #printSummary(exitCode: number): void {
    const lines = this.#skipped.map((line) => `skipped: ${line}`);
    if (exitCode !== 0 && this.#failed === 0) {
      this.#failed = 1;
      lines.push('failed: the run itself (coverage below its threshold, or no test found); see above');
    }
    lines.push(`${this.#passed} passed, ${this.#failed} failed, ${this.#skipped.length} skipped`);
    writeFully(`\n${lines.join('\n')}\n`);
  }
}

/** Writes without losing the end when stdout is a pipe and the process is about to exit. */
function writeFully(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(STDOUT, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
