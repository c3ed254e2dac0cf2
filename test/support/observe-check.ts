import { expect } from 'vitest';
import type { CheckContext, CloudEnvironment } from '../../src/destinations/destination.ts';
import type { StepPlan } from '../../src/destinations/steps.ts';
import type { CheckOutcome, CheckStep } from '../../src/model/check.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { generateSshKeyPair, type SshKeyPair } from '../../src/network/ssh-key.ts';

/** Stands in for every secret; no message, step or event may ever contain it. */
export const canary = 'canary-7f3a9c52e1';

export interface CheckOptions {
  /** Names of the sources' schemas. */
  readonly schemas?: readonly string[];
  readonly policy?: 'private' | 'public';
  readonly egressAddresses?: readonly string[];
  readonly signal?: AbortSignal;
  /** SSH key of the account. */
  readonly identity?: SshKeyPair;
  readonly pinnedHostKey?: string | null;
  /** Milliseconds by step name, so that a hang that is meant to be is found out sooner. */
  readonly deadlines?: Readonly<Record<string, number>>;
  /** What the environment of the server says. */
  readonly cloud?: CloudEnvironment;
  readonly onStep?: (name: string, step: CheckStep | null) => void;
}

export interface ObservedCheck extends CheckOutcome {
  /** Status by step name, in order. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Codes of failures and warnings by step name. */
  readonly codes: Readonly<Record<string, string>>;
  /** Host keys that were reported on the way. */
  readonly hostKeys: readonly { host: string; port: number; hostKey: string }[];
  step(name: string): CheckStep;
}

/** A check of any type that takes its plan. */
export interface PlannedCheck {
  readonly plan: StepPlan;
  check(context: CheckContext, plan: StepPlan): Promise<CheckOutcome>;
}

/** Runs a whole check as the server does, over the real network, and holds every outcome to what all must keep. */
export async function observeCheck(
  { plan, check }: PlannedCheck,
  options: CheckOptions = {},
): Promise<ObservedCheck> {
  const identity = options.identity ?? generateSshKeyPair();
  const hostKeys: { host: string; port: number; hostKey: string }[] = [];
  const reported: CheckStep[] = [];
  const planned = plan.map(([name, ms]) => [name, options.deadlines?.[name] ?? ms] as const);

  const outcome = await check(
    {
      network: createNetwork({
        policy: options.policy ?? 'private',
        allow: [],
        egressAddresses: options.egressAddresses ?? [],
      }),
      ...(options.cloud && { cloud: options.cloud }),
      signal: options.signal ?? new AbortController().signal,
      schemas: options.schemas ?? [],
      onStep(name, step) {
        if (step !== null) reported.push(step);
        options.onStep?.(name, step);
      },
      ssh: {
        ...identity,
        pinnedHostKey: () => options.pinnedHostKey ?? null,
        onHostKey: (host, port, hostKey) => hostKeys.push({ host, port, hostKey }),
      },
    },
    planned,
  );

  expect(reported).toEqual(outcome.steps);
  expect(outcome.steps.map(({ name }) => name)).toEqual(planned.map(([name]) => name));
  expect(outcome.failure).toEqual(outcome.steps.find(({ status }) => status === 'failed') ?? null);
  for (const step of outcome.steps) {
    expect(step.message).toMatch(/\.$|\)$/);
    expect(step.remedy === null).toBe(step.code === null);
    expect(Number.isInteger(step.milliseconds)).toBe(true);
  }
  const everything = JSON.stringify([outcome, hostKeys]);
  expect(everything).not.toContain(canary);
  expect(everything).not.toContain('PRIVATE KEY');

  const byName = (pick: (step: CheckStep) => string | null) =>
    Object.fromEntries(
      outcome.steps.flatMap((step) => (pick(step) === null ? [] : [[step.name, pick(step)]])),
    );
  return {
    ...outcome,
    statuses: byName(({ status }) => status) as Record<string, string>,
    codes: byName(({ code }) => code) as Record<string, string>,
    hostKeys,
    step(name) {
      const found = outcome.steps.find((step) => step.name === name);
      if (found === undefined) throw new Error(`no step ${name}`);
      return found;
    },
  };
}
