import { writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Prints `N passed, N failed` as the last line of the run, plain, for people and machines that look there. A file that
 * cannot be loaded and an error outside of any test count as failures, and so does a run in which nothing ran.
 */
export default class LastLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0;
    let skipped = 0;
    let failed = errors.length;
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else skipped += 1;
      }
      if (module.state() === 'failed' && failed === before) failed += 1;
    }
    if (passed + failed === 0) failed = 1;
    // At exit, since others still print while the run winds down.
    process.once('exit', () => {
      if (failed > 0 && !process.exitCode) process.exitCode = 1;
      if (skipped > 0) writeSync(1, `${skipped} skipped\n`);
      writeSync(1, `${passed} passed, ${failed} failed\n`);
    });
  }
}
