import { randomUUID } from 'node:crypto';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../lib/clock.ts';
import type { HostKey, Store } from '../store/store.ts';
import type { Candidate, Proof, StepEvent } from './checks.ts';
import type { CheckJob } from './run-check.ts';

/** Checks settings that are not stored, in memory. */
export interface Prover {
  /** As `Checks.prove`. */
  prove(candidate: Candidate): Promise<Proof>;
  /** Takes no more proofs, gives those that run a while to end, then ends them. Both fail as overloaded. */
  stop(): Promise<void>;
}

export interface ProverParts {
  readonly store: Pick<Store, 'checks' | 'destinations'>;
  readonly clock: Clock;
  readonly options: ProverOptions;
  run(job: CheckJob): Promise<Proof>;
  sshOf(accountId: number, hostKeys: readonly HostKey[]): Promise<CheckJob['ssh']>;
  schemasOf(destinationId: number): Promise<readonly string[]>;
  emit(event: StepEvent): void;
}

export interface ProverOptions {
  /** Checks that an account without a quota of its own may start in a minute. */
  readonly perMinute: number;
  /** Proofs that this process runs at the same time, for all accounts. */
  readonly proofs: number;
  /** How many of them may be one account's, so that hosts of one tenant that hang leave room for the others. */
  readonly proofsPerAccount: number;
  /** How long proofs may go on when the room closes. */
  readonly lastProofsMilliseconds: number;
}

export function createProver(parts: ProverParts): Prover {
  const { store, clock, options } = parts;
  const ending = new AbortController();
  let stopped = false;
  /** With the account each runs for. */
  const running = new Map<Promise<unknown>, number>();

  async function prove(candidate: Candidate): Promise<Proof> {
    const { accountId, destinationId, type, properties, origin } = candidate;
    if (!(await store.checks.spend(accountId, options.perMinute))) throw budgetUsedUp(clock);
    const hostKeys =
      destinationId === null ? [] : await store.destinations.hostKeys(accountId, destinationId);
    const uuid = randomUUID();
    const checkName = `${accountId}.${destinationId ?? 'new'}.check.${uuid}`;
    return await parts.run({
      name: checkName,
      uuid,
      origin,
      type,
      typeName: type.type,
      openProperties: async () => properties,
      ssh: await parts.sshOf(accountId, hostKeys),
      schemas: destinationId === null ? [] : await parts.schemasOf(destinationId),
      signal: AbortSignal.any([ending.signal, ...(candidate.signal ? [candidate.signal] : [])]),
      onStep: (stepName, step) => parts.emit({ accountId, destinationId, checkName, stepName, step }),
    });
  }

  return {
    async prove(candidate) {
      if (stopped) throw serverStops();
      candidate.signal?.throwIfAborted();
      if (running.size >= options.proofs) throw tooManyProofs();
      const own = [...running.values()].filter((accountId) => accountId === candidate.accountId);
      if (own.length >= options.proofsPerAccount) throw tooManyOfAccount();
      const proof = prove(candidate);
      running.set(proof, candidate.accountId);
      return await proof.finally(() => running.delete(proof));
    },
    async stop() {
      stopped = true;
      const timer = setTimeout(() => ending.abort(serverStops()), options.lastProofsMilliseconds);
      await Promise.allSettled(running.keys());
      clearTimeout(timer);
    },
  };
}

const serverStops = (): Failure =>
  new Failure('Overloaded', 'The server stops before the connection check has ended.', {
    remedy: 'Send the request again in a few seconds.',
    data: { retryAfterSeconds: 5 },
  });

const budgetUsedUp = (clock: Clock): Failure =>
  new Failure(
    'TooManyRequests',
    'This account has started as many connection checks as it may in a minute.',
    {
      remedy: 'Wait until the next minute, or ask the operator of this server for a higher quota.',
      data: { retryAfterSeconds: 60 - (Math.floor(clock.now() / 1000) % 60) },
    },
  );

const tooManyProofs = (): Failure =>
  new Failure('Overloaded', 'The server runs as many connection checks for waiting requests as it can.', {
    remedy: 'Send the request again in a few seconds, or without asking for a check first.',
    data: { retryAfterSeconds: 5 },
  });

const tooManyOfAccount = (): Failure =>
  new Failure(
    'TooManyRequests',
    'The account has as many requests as it may that wait for a connection check.',
    {
      remedy: 'Send the request again in a few seconds, or without asking for a check first.',
      data: { retryAfterSeconds: 5 },
    },
  );
