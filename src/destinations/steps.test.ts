import { expect, test } from 'vitest';
import type { CheckStep } from '../model/check.ts';
import { type Finding, StepFailure } from './finding.ts';
import { type RunStep, runSteps, type StepPlan } from './steps.ts';

const plan: StepPlan = [
  ['first', 1_000],
  ['second', 1_000],
  ['third', 1_000],
];
const finding = (code: string, refused = false): Finding => ({
  code,
  message: `${code} happened.`,
  remedy: `Mend ${code}.`,
  refused,
});
const timedOut = (seconds: number): Finding => finding(`timeout_${seconds}`);

/** Runs a body and keeps what was reported on the way. */
async function run(
  body: (step: RunStep) => Promise<void>,
  options: { plan?: StepPlan; signal?: AbortSignal } = {},
) {
  const events: [string, CheckStep['status'] | 'began'][] = [];
  const outcome = await runSteps(
    {
      signal: options.signal ?? new AbortController().signal,
      onStep: (name, step) => void events.push([name, step?.status ?? 'began']),
    },
    options.plan ?? plan,
    body,
  );
  return { ...outcome, events };
}

test('steps hand on what they gained, and are reported as they begin and end', async () => {
  const { steps, failure, events } = await run(async (step) => {
    const one = await step('first', {
      timedOut,
      run: async ({ passed }) => {
        passed('Found one.');
        return 1;
      },
    });
    await step('second', { timedOut, run: async ({ passed }) => passed(`Got ${one}.`) });
    await step('third', { timedOut, run: async ({ passed }) => passed('Done.') });
  });
  expect(failure).toBeNull();
  expect(steps.map(({ message }) => message)).toEqual(['Found one.', 'Got 1.', 'Done.']);
  expect(events).toEqual([
    ['first', 'began'],
    ['first', 'passed'],
    ['second', 'began'],
    ['second', 'passed'],
    ['third', 'began'],
    ['third', 'passed'],
  ]);
});

test('after a failed step the rest are skipped, and the body is left through its finally', async () => {
  let closed = false;
  const { steps, failure, refused, events } = await run(async (step) => {
    try {
      await step('first', { timedOut, run: async ({ passed }) => passed('Fine.') });
      await step('second', {
        timedOut,
        run: async () => {
          throw new StepFailure(finding('refusal', true));
        },
      });
      await step('third', { timedOut, run: async () => {} });
    } finally {
      closed = true;
    }
  });
  expect(closed).toBe(true);
  expect(steps.map(({ name, status }) => [name, status])).toEqual([
    ['first', 'passed'],
    ['second', 'failed'],
    ['third', 'skipped'],
  ]);
  expect(failure).toMatchObject({ name: 'second', code: 'refusal', remedy: 'Mend refusal.' });
  expect(refused).toBe(true);
  expect(events.at(-1)).toEqual(['third', 'skipped']);
});

test('several warnings of a step become one, and do not fail the check', async () => {
  const { steps, failure } = await run(
    async (step) => {
      await step('first', {
        timedOut,
        run: async ({ passed, warn }) => {
          warn(finding('one'));
          warn(finding('two'));
          passed('Works.');
        },
      });
    },
    { plan: [['first', 1_000]] },
  );
  expect(failure).toBeNull();
  expect(steps[0]).toMatchObject({
    status: 'warning',
    code: 'one',
    message: 'Works. one happened. two happened.',
    remedy: 'Mend one. Mend two.',
  });
});

test('a step that ignores its deadline is given up all the same', async () => {
  const { failure } = await run((step) => step('first', { timedOut, run: () => new Promise(() => {}) }), {
    plan: [['first', 20]],
  });
  expect(failure).toMatchObject({ name: 'first', code: 'timeout_1' });
});

test('what an operation reports after it was cut off is our own doing: the deadline is the finding', async () => {
  const { failure } = await run(
    (step) =>
      step('first', {
        timedOut,
        run: ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new StepFailure(finding('connection_lost'))));
          }),
      }),
    { plan: [['first', 20]] },
  );
  expect(failure).toMatchObject({ code: 'timeout_1' });
});

test('a check that is ended from outside says so', async () => {
  const stop = new AbortController();
  const ended = run(
    (step) =>
      step('first', {
        timedOut,
        run: ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            stop.abort();
          }),
      }),
    { signal: stop.signal },
  );
  expect((await ended).failure).toMatchObject({ name: 'first', code: 'stopped' });
});

test('a bug is thrown, not dressed up as a finding', async () => {
  const broken = run((step) =>
    step('first', {
      timedOut,
      run: async () => {
        throw new TypeError('undefined is not a function');
      },
    }),
  );
  await expect(broken).rejects.toThrow(TypeError);
  await expect(run((step) => step('unplanned', { timedOut, run: async () => {} }))).rejects.toThrow(
    'not planned',
  );
});
