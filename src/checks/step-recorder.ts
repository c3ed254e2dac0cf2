import type { Clock } from '../lib/clock.ts';
import type { CheckOutcome, CheckStep } from '../model/check.ts';
import type { Finding } from './findings.ts';

/** Follows the steps of one check, so that it can be ended in the middle of one. */
export interface StepRecorder {
  /** As `CheckContext.onStep`. */
  onStep(name: string, step: CheckStep | null): void;
  /** What the check found when it cannot go on: the steps so far, and the one under way failed. */
  failNow(finding: Finding): CheckOutcome;
}

/** Passes each step on to `listener`. Before the first one the check is in the step `settings`. */
export function createStepRecorder(clock: Clock, listener: StepRecorder['onStep']): StepRecorder {
  const ended: CheckStep[] = [];
  let underWay = { name: 'settings', since: clock.monotonic() };

  return {
    onStep(name, step) {
      if (step === null) underWay = { name, since: clock.monotonic() };
      else ended.push(step);
      listener(name, step);
    },
    failNow(finding) {
      const { name, since } = underWay;
      const milliseconds = Math.round(clock.monotonic() - since);
      const failure: CheckStep = { name, status: 'failed', milliseconds, ...finding };
      const before = ended.filter((step) => step.name !== name);
      return { steps: [...before, failure], failure, refused: false };
    },
  };
}
