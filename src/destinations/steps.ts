import { assert } from '../errors/bug.ts';
import { systemClock } from '../lib/clock.ts';
import type { CheckOutcome, CheckStep } from '../model/check.ts';
import type { CheckContext } from './destination.ts';
import { type Finding, StepFailure } from './finding.ts';
import { networkFinding } from './findings.ts';

/** The steps of a check in their order, each with its own deadline in milliseconds. */
export type StepPlan = readonly (readonly [name: string, deadlineMilliseconds: number])[];

/** Deadline of a whole check; what is left of its 30 s is for ending what was begun. */
const wholeDeadlineMilliseconds = 27_000;

/** How long an operation may take to end by itself once its deadline has passed. */
const graceMilliseconds = 500;

export interface StepScope {
  /** Aborts at the step's deadline, at the check's, and when the check is ended from outside. */
  readonly signal: AbortSignal;
  /** Says what was found in order, in one sentence. */
  passed(message: string): void;
  /** Notes something that does not make the check fail; may be called several times. */
  warn(finding: Finding): void;
}

export interface StepWork<T> {
  /** The finding of a step that did not end in time. */
  readonly timedOut: (seconds: number) => Finding;
  readonly run: (scope: StepScope) => Promise<T>;
}

/** Runs one step of the plan. Rejects when the step failed, which ends the check. */
export type RunStep = <T>(name: string, work: StepWork<T>) => Promise<T>;

/**
 * Runs a check: `body` goes through the steps of the plan in order and hands on what each gained; it closes what it
 * opened on its way out. Measures and reports every step; after a failed one the rest are skipped.
 * Throws only what is neither a {@link StepFailure} nor the consequence of a deadline: bugs.
 */
export async function runSteps(
  context: Pick<CheckContext, 'signal' | 'onStep'>,
  plan: StepPlan,
  body: (step: RunStep) => Promise<void>,
): Promise<CheckOutcome> {
  const whole = AbortSignal.timeout(wholeDeadlineMilliseconds);
  const steps: CheckStep[] = [];
  let failure: CheckStep | null = null;
  let refused = false;

  const end = (step: CheckStep) => {
    steps.push(step);
    context.onStep(step.name, step);
  };

  const runStep: RunStep = async (name, work) => {
    const deadline = deadlineOf(plan, name);
    const began = systemClock.monotonic();
    const elapsed = () => systemClock.monotonic() - began;
    const passed: string[] = [];
    const warnings: Finding[] = [];
    const signal = AbortSignal.any([context.signal, whole, AbortSignal.timeout(deadline)]);
    context.onStep(name, null);
    try {
      const scope: StepScope = {
        signal,
        passed: (message) => void passed.push(message),
        warn: (finding) => void warnings.push(finding),
      };
      const gained = await untilAborted(work.run(scope), signal);
      end(endedStep(name, elapsed(), passed, warnings));
      return gained;
    } catch (error) {
      let finding: Finding;
      // What an operation reports once it was cut off (a closed connection, say) is our own doing.
      if (context.signal.aborted) finding = networkFinding('stopped', {});
      else if (signal.aborted) finding = work.timedOut(Math.max(1, Math.round(elapsed() / 1000)));
      else if (error instanceof StepFailure) finding = error.finding;
      else throw error;
      failure = failedStep(name, elapsed(), finding);
      refused = finding.refused;
      end(failure);
      throw new CheckEnded();
    }
  };

  try {
    await body(runStep);
  } catch (error) {
    if (!(error instanceof CheckEnded)) throw error;
  }
  if (failure !== null)
    for (const [name] of plan) if (!steps.some((step) => step.name === name)) end(skippedStep(name));
  return { steps, failure, refused };
}

/** Unwinds the body of a check after its failed step has been noted. */
class CheckEnded extends Error {
  override readonly name = 'CheckEnded';
}

function deadlineOf(plan: StepPlan, name: string): number {
  const planned = plan.find(([planned]) => planned === name);
  assert(planned, `The step ${name} is not planned.`);
  return planned[1];
}

/** An operation that ignores its signal, or cannot be ended, does not hold up the check. */
async function untilAborted<T>(operation: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let giveUp = () => {};
  const overdue = new Promise<never>((_, reject) => {
    giveUp = () => {
      timer = setTimeout(() => reject(signal.reason), graceMilliseconds);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([operation, overdue]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

function endedStep(
  name: string,
  milliseconds: number,
  passed: readonly string[],
  warnings: readonly Finding[],
): CheckStep {
  return {
    name,
    status: warnings.length > 0 ? 'warning' : 'passed',
    milliseconds: Math.round(milliseconds),
    message: [...passed, ...warnings.map(({ message }) => message)].join(' '),
    remedy: warnings.length > 0 ? warnings.map(({ remedy }) => remedy).join(' ') : null,
    code: warnings[0]?.code ?? null,
  };
}

const failedStep = (name: string, milliseconds: number, { message, remedy, code }: Finding): CheckStep => ({
  name,
  status: 'failed',
  milliseconds: Math.round(milliseconds),
  message,
  remedy,
  code,
});

const skippedStep = (name: string): CheckStep => ({
  name,
  status: 'skipped',
  milliseconds: 0,
  message: 'Not tried, because an earlier step failed.',
  remedy: null,
  code: null,
});
