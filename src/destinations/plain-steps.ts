import { StepFailure } from './finding.ts';
import type { RunStep, StepPlan } from './steps.ts';

/**
 * The steps of a plan for somebody who only wants what they gain: nothing is reported, warnings are left out. Rejects
 * with the {@link StepFailure} of the step that failed or took too long.
 */
export const plainSteps =
  (plan: StepPlan, signal: AbortSignal): RunStep =>
  async (name, work) => {
    const [, milliseconds = 0] = plan.find(([planned]) => planned === name) ?? [];
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
    const nothing = () => {};
    try {
      return await work.run({ signal: deadline, passed: nothing, warn: nothing });
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw new StepFailure(work.timedOut(Math.round(milliseconds / 1000)), error);
      throw error;
    }
  };
