import { expect } from 'vitest';
import { checkPlan, checkPostgres } from '../../src/destinations/postgres/check.ts';
import { resolveSettings } from '../../src/destinations/postgres/settings.ts';
import type { CheckOutcome, CheckStep } from '../../src/model/check.ts';
import type { Properties } from '../../src/model/form.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { generateSshKeyPair, type SshKeyPair } from '../../src/network/ssh-key.ts';
import type { TestDatabase } from './database.ts';

/** Names of what checks have left behind in a database: nothing, ever. */
export const leftovers = (db: TestDatabase) =>
  db.admin(
    `select nspname::text as name from pg_namespace where nspname like '%backstitch%'
     union all select relname from pg_class where relname like '%backstitch%'`,
  );

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

/** Properties of a PostgreSQL in v4's form; the password is whatever the test says. */
export const properties = (
  server: { readonly host: string; readonly port: number },
  rest: Properties = {},
): Properties => ({
  host: server.host,
  port: String(server.port),
  username: 'postgres',
  password: 'postgres',
  database: 'postgres',
  ssl: 'false',
  encryption_type: 'none',
  ...rest,
});

/** Runs a whole check as the server does, over the real network, and holds every outcome to what all must keep. */
export async function runCheck(given: Properties, options: CheckOptions = {}): Promise<ObservedCheck> {
  const identity = options.identity ?? generateSshKeyPair();
  const hostKeys: { host: string; port: number; hostKey: string }[] = [];
  const reported: CheckStep[] = [];
  const settings = resolveSettings(given);
  const plan = checkPlan(settings).map(([name, ms]) => [name, options.deadlines?.[name] ?? ms] as const);

  const outcome = await checkPostgres(
    settings,
    {
      network: createNetwork({
        policy: options.policy ?? 'private',
        allow: [],
        egressAddresses: options.egressAddresses ?? [],
      }),
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
    plan,
  );

  expect(reported).toEqual(outcome.steps);
  expect(outcome.steps.map(({ name }) => name)).toEqual(plan.map(([name]) => name));
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
