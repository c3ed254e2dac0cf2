import type { CloudEnvironment, DestinationType } from '../destinations/destination.ts';
import { openProperties } from '../destinations/open-properties.ts';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { parseJobName } from '../model/job-name.ts';
import type { Network } from '../network/network.ts';
import type { ClaimedCheck, CompletedCheck, HostKey, Store } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';
import type { Checks, StepEvent } from './checks.ts';
import { type ProbingOptions, startProbing } from './probing.ts';
import { createProver, type ProverOptions } from './prover.ts';
import { type CheckJob, type CheckSurroundings, runCheck } from './run-check.ts';
import { createRunner, type RunnerOptions, type RunProgress } from './runner.ts';
import { createWaiting } from './waiting.ts';

export interface ChecksParts {
  readonly store: Pick<Store, 'accounts' | 'checks' | 'destinations' | 'subscribe'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly network: Network;
  /** Secrets in it are hidden from the log by whoever gives it. */
  readonly cloud?: CloudEnvironment;
  readonly clock: Clock;
  readonly log: Log;
  findType(name: string): DestinationType | undefined;
  /** Schemas of the sources mapped to a destination; none by default, as long as no source is mapped to any. */
  schemasOf?(destinationId: number): Promise<readonly string[]>;
  readonly options?: Partial<ChecksOptions>;
}

export interface ChecksOptions extends RunnerOptions, ProverOptions, ProbingOptions {
  /** After so long a check has failed, whatever its connector does. */
  readonly deadlineMilliseconds: number;
  /** How long a connector that was told to end may take to clean up. */
  readonly graceMilliseconds: number;
}

const defaultChecksOptions: ChecksOptions = {
  concurrency: 4,
  proofs: 32,
  proofsPerAccount: 16,
  lastProofsMilliseconds: 10_000,
  perMinute: 60,
  leaseMilliseconds: 30_000,
  heartbeatMilliseconds: 7_000,
  pollMilliseconds: 1_500,
  overtakenMilliseconds: 500,
  // With the grace a second less than the 30 that are promised, for the way into the store.
  deadlineMilliseconds: 28_000,
  graceMilliseconds: 1_000,
  probeMilliseconds: 300_000,
  probeEveryMilliseconds: 30_000,
};

/** How long a check that ends in another process may go unnoticed by who waits for it. */
const WAIT_POLL_MILLISECONDS = 200;

export function createChecks(parts: ChecksParts): Checks {
  const { store, vault, network, cloud, clock, log, findType, schemasOf = async () => [] } = parts;
  const options = { ...defaultChecksOptions, ...parts.options };
  const surroundings: CheckSurroundings = { ...options, network, ...(cloud && { cloud }), clock, log };
  const listeners = new Set<(event: StepEvent) => void>();

  async function sshOf(accountId: number, hostKeys: readonly HostKey[]): Promise<CheckJob['ssh']> {
    const key = await store.accounts.sshKey(accountId);
    if (!key) throw new Failure('InvalidId', `Account ${accountId} was deleted before its check began.`);
    const [opened] = await Promise.allSettled([vault.open(key.uid, 'ssh_private_key', key.sealedPrivateKey)]);
    return {
      publicKey: key.publicKey,
      openPrivateKey() {
        if (opened.status === 'rejected') throw opened.reason;
        return opened.value;
      },
      hostKeys,
    };
  }

  async function runClaimed(claimed: ClaimedCheck, progress: RunProgress): Promise<CompletedCheck> {
    const { check, destination, sealed, hostKeys } = claimed;
    const { id: destinationId, accountId, type } = destination;
    const { completed } = await runCheck(
      {
        name: check.name,
        uuid: parseJobName(check.name)?.uuid ?? check.name,
        origin: check.origin,
        typeName: type,
        type: findType(type),
        openProperties: (known) => openProperties(vault, known, destination, sealed),
        ssh: await sshOf(accountId, hostKeys),
        schemas: await schemasOf(destinationId),
        signal: progress.signal,
        onStep(stepName, step) {
          if (step) progress.onStep(step);
          emit({ accountId, destinationId, checkName: check.name, stepName, step });
        },
      },
      surroundings,
    );
    return completed;
  }

  function emit(event: StepEvent): void {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        log.error({ err: error }, 'a listener to the steps of checks failed');
      }
    }
  }

  const waiting = createWaiting({ store, clock, pollMilliseconds: WAIT_POLL_MILLISECONDS });
  const runner = createRunner({ store, clock, log, options, run: runClaimed, onEnd: waiting.wake });
  const run = (job: CheckJob) => runCheck(job, surroundings);
  const prover = createProver({ store, clock, options, run, sshOf, schemasOf, emit });

  let probing: AsyncDisposable | undefined;

  return {
    start() {
      runner.start();
      probing ??= startProbing({ checks: store.checks, log, options });
    },
    wait: waiting.wait,
    prove: prover.prove,
    onStep(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      waiting.close();
      await Promise.all([runner.stop(), prover.stop(), probing?.[Symbol.asyncDispose]()]);
    },
  };
}
