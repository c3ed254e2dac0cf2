import { writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Prints `N passed, N failed` as the last line of the run, plain, for people and machines that look there. A file that
 * cannot be loaded and an error outside of any test count as failures, and so does a run in which nothing ran.
 */
export default class LastLine implements Reporter {
  #passed = 0;
  #failed = 1;
  #skipped = 0;

  /** At exit, since others still print while the run winds down, and since a run may end before it has begun. */
  onInit(): void {
    process.once('exit', () => {
      if (this.#failed > 0) process.exitCode ||= 1;
      if (this.#skipped > 0) writeSync(1, `${this.#skipped} skipped\n`);
      writeSync(1, `${this.#passed} passed, ${this.#failed} failed\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string) => states.filter((found) => found === state).length;
    const broken = modules.filter((module) => module.state() === 'failed' && !hasFailedTest(module));
    this.#passed = count('passed');
    this.#skipped = states.length - count('passed') - count('failed');
    this.#failed = count('failed') + broken.length + errors.length;
    if (this.#passed + this.#failed === 0) this.#failed = 1;
  }
}

const hasFailedTest = (module: TestModule): boolean => [...module.children.allTests('failed')].length > 0;
