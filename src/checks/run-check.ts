import type { CheckContext, CloudEnvironment, DestinationType } from '../destinations/destination.ts';
import { codes } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../lib/clock.ts';
import type { Json } from '../lib/json.ts';
import type { Log } from '../lib/log.ts';
import { createRedactor } from '../lib/redact.ts';
import type { Check, CheckOutcome, CheckStep } from '../model/check.ts';
import type { Properties } from '../model/form.ts';
import { formProperties } from '../model/form-properties.ts';
import type { Network } from '../network/network.ts';
import type { CompletedCheck, HostKey } from '../store/store.ts';
import type { Proof } from './checks.ts';
import { deadlinePassed, findingOf, internalError, typeUnavailable } from './findings.ts';
import { createStepRecorder } from './step-recorder.ts';

/** One check to be run: of saved settings, or of proposed ones. */
export interface CheckJob {
  readonly name: string;
  readonly uuid: string;
  readonly origin: Check['origin'];
  /** Name of the destination's type. */
  readonly typeName: string;
  /** Undefined: this build does not know the type. */
  readonly type: DestinationType | undefined;
  /** Gives all properties, credentials in clear. A Failure that it throws fails the step `settings`. */
  openProperties(type: DestinationType): Promise<Properties>;
  readonly ssh: {
    readonly publicKey: string;
    /** Called only for a tunnel, so that a damaged key troubles no check that needs none. */
    openPrivateKey(): string;
    readonly hostKeys: readonly HostKey[];
  };
  /** As in {@link CheckContext}. */
  readonly schemas: readonly string[];
  /** Ends the check from outside. */
  readonly signal: AbortSignal;
  /** As in {@link CheckContext}. */
  onStep(name: string, step: CheckStep | null): void;
}

export interface CheckSurroundings {
  readonly network: Network;
  readonly cloud?: CloudEnvironment;
  readonly clock: Clock;
  readonly log: Log;
  /** After so long the check has failed, whatever its connector does. */
  readonly deadlineMilliseconds: number;
  /** How long a connector that was told to end may take to clean up before nobody waits for it any more. */
  readonly graceMilliseconds: number;
}

/**
 * Runs one check to its end. A connector that crashes, hangs or cannot read its settings gives a failed check.
 * @throws the reason of `job.signal` when that ends the check; a {@link Failure} that a later try can do without.
 */
export async function runCheck(job: CheckJob, surroundings: CheckSurroundings): Promise<Proof> {
  const startedAt = surroundings.clock.now();
  const hostKeys: { host: string; port: number; key: string }[] = [];
  const outcome = await findOutcome(job, surroundings, (host, port, key) => {
    hostKeys.push({ host, port, key });
  });
  const { failure } = outcome;
  const completed: CompletedCheck = {
    uuid: job.uuid,
    origin: job.origin,
    startedAt,
    completedAt: surroundings.clock.now(),
    failed: failure !== null,
    refused: outcome.refused,
    steps: outcome.steps,
    error: failure && [failure.message, failure.remedy].filter(Boolean).join(' '),
    hostKeys,
  };
  return { outcome, completed };
}

async function findOutcome(
  job: CheckJob,
  { network, cloud, clock, log, deadlineMilliseconds, graceMilliseconds }: CheckSurroundings,
  onHostKey: CheckContext['ssh']['onHostKey'],
): Promise<CheckOutcome> {
  const recorder = createStepRecorder(clock, job.onStep);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMilliseconds);
  const signal = AbortSignal.any([job.signal, deadline.signal]);
  const redactor = createRedactor();

  async function attempt(): Promise<CheckOutcome> {
    if (!job.type?.connector) return recorder.failNow(typeUnavailable(job.typeName));
    const properties = await job.openProperties(job.type);
    for (const secret of secretsAmong(properties, job.type)) redactor.hide(secret);
    const connector = await job.type.connector();
    return await connector.check(connector.resolve(properties), {
      network,
      ...(cloud && { cloud }),
      signal,
      schemas: job.schemas,
      ssh: sshIdentity(job.ssh, onHostKey),
      onStep: recorder.onStep,
    });
  }

  try {
    const found = attempt();
    await endOf(found, signal, graceMilliseconds);
    job.signal.throwIfAborted();
    return deadline.signal.aborted ? recorder.failNow(deadlinePassed(deadlineMilliseconds)) : await found;
  } catch (error) {
    job.signal.throwIfAborted();
    if (error instanceof Failure && codes[error.code].retry) throw error;
    if (error instanceof Failure) return recorder.failNow(findingOf(error));
    log.error(
      { check: job.name, type: job.typeName, err: redactor.value(error) },
      'a connection check met a bug',
    );
    return recorder.failNow(internalError(job.name));
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when the attempt has settled, or soon after the signal if the attempt does not heed it. */
function endOf(attempt: Promise<unknown>, signal: AbortSignal, graceMilliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    let grace: NodeJS.Timeout | undefined;
    const giveUpSoon = () => {
      grace = setTimeout(resolve, graceMilliseconds);
    };
    const settled = () => {
      clearTimeout(grace);
      signal.removeEventListener('abort', giveUpSoon);
      resolve();
    };
    if (signal.aborted) giveUpSoon();
    else signal.addEventListener('abort', giveUpSoon, { once: true });
    attempt.then(settled, settled);
  });
}

const sshIdentity = (
  { publicKey, openPrivateKey, hostKeys }: CheckJob['ssh'],
  onHostKey: CheckContext['ssh']['onHostKey'],
): CheckContext['ssh'] => ({
  publicKey,
  get privateKey() {
    return openPrivateKey();
  },
  pinnedHostKey: (host, port) =>
    hostKeys.find((key) => key.host === host && key.port === port)?.pinned ?? null,
  onHostKey,
});

function secretsAmong(properties: Properties, { form }: DestinationType): string[] {
  const credentials = formProperties(form).filter((property) => property.isCredential);
  return credentials.flatMap(({ name }) => textsIn(properties[name]));
}

const textsIn = (value: Json | undefined): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};
