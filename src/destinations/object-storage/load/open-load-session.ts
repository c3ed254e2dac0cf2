import type { Network } from '../../../network/network.ts';
import type { LoadContext } from '../../destination.ts';
import { StepFailure } from '../../finding.ts';
import { LoadFailure, type Session } from '../../session.ts';
import { fencedOff } from '../../sql/load-stops.ts';
import type { Bucket } from '../bucket.ts';
import { proveChallenge } from '../check.ts';
import { bookkeepingPrefix } from '../object-key.ts';
import { factsOf, reachBucket } from '../reach-bucket.ts';
import { type FailureFacts, storeFailure } from '../store-failure.ts';
import type { ObjectStoreSettings } from '../store-settings.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { runLoad } from './run-load.ts';
import { settleLoad } from './settle-load.ts';

/** What loads can be told to do otherwise. */
export interface LoadTuning {
  readonly partBytes: number;
}

const usualTuning: LoadTuning = { partBytes: 8 * 1024 * 1024 };
const openMilliseconds = 30_000;

interface Connected {
  readonly bucket: Bucket;
  readonly lanes: Lanes;
  readonly facts: FailureFacts;
}

/**
 * Opens a session of loads. It keeps nothing but connections and what it knows of lanes, and forgets both after any
 * failure.
 * @throws {LoadFailure}
 */
export async function openLoadSession(
  settings: ObjectStoreSettings,
  context: LoadContext,
  tuning: LoadTuning = usualTuning,
): Promise<Session> {
  const { network } = context;
  let connected: Connected | null = null;
  const dropped = new Set<string>();

  function disconnect(): void {
    connected?.bucket[Symbol.dispose]();
    connected = null;
  }

  /** Whatever goes wrong is put into words once. */
  async function withBucket<T>(
    given: AbortSignal,
    work: (open: Connected, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.any([given, context.signal]);
    let facts = factsOf(settings.target, settings.target.region, network);
    try {
      signal.throwIfAborted();
      connected ??= await connect(settings, network, signal);
      facts = connected.facts;
      return await work(connected, signal);
    } catch (error) {
      const failure = signal.aborted ? signal.reason : loadFailure(error, facts);
      disconnect();
      throw failure;
    }
  }

  const session: Session = {
    load: (plan, batches, given) =>
      withBucket(given, ({ bucket, lanes }, signal) =>
        runLoad({ bucket, lanes, settings: settings.files, ...tuning, plan, batches, dropped, signal }),
      ),
    settle: (plan, given) =>
      withBucket(given, async ({ bucket, lanes }, signal) => {
        const result = await settleLoad({ bucket, lanes, plan, signal });
        if (result === 'fenced') throw fencedOff(plan.lane.table, plan.fence);
        return result;
      }),
    marks: (lane) =>
      withBucket(context.signal, async ({ lanes }, signal) => {
        const { record } = await lanes.read(lane, signal);
        return record.marks.map(({ loadId }) => loadId).filter((id) => !dropped.has(id));
      }),
    // They go with the lane's next commit: a request for each would cost more than they weigh.
    dropMarks: (lane, loadIds) =>
      withBucket(context.signal, async ({ lanes }, signal) => {
        const { record } = await lanes.known(lane, signal);
        for (const { loadId } of record.marks) if (loadIds.includes(loadId)) dropped.add(loadId);
      }),
    async [Symbol.asyncDispose]() {
      disconnect();
    },
  };
  await withBucket(context.signal, async () => {});
  return session;
}

async function connect(
  settings: ObjectStoreSettings,
  network: Network,
  given: AbortSignal,
): Promise<Connected> {
  const signal = AbortSignal.any([given, AbortSignal.timeout(openMilliseconds)]);
  const { bucket, refused } = await reachBucket(settings.target, network, signal);
  const facts = factsOf(settings.target, bucket.region, network);
  try {
    if (refused !== null) throw storeFailure(refused, facts, 'list');
    // Whoever names a bucket of somebody else must not write into it, though this server could.
    await proveChallenge(bucket, settings, facts, signal).catch((error) => {
      throw storeFailure(error, facts, 'read');
    });
    const conditional = await knowsConditions(bucket, signal);
    return { bucket, lanes: createLanes(bucket, conditional), facts };
  } catch (error) {
    bucket[Symbol.dispose]();
    throw error;
  }
}

/** Tells people what stands there, and us whether the store looks at conditions: this text is always the same. */
const readme = {
  key: `${bookkeepingPrefix}README.txt`,
  text: `What Backstitch knows about its loads into this bucket. Do not change or delete it while loads go on.

lanes/      one object for each table: the last loads, and what decides who may write
manifests/  one object for each load, written when all of its files stand: they may be deleted when nobody reads them
`,
};

async function knowsConditions(bucket: Bucket, signal: AbortSignal): Promise<boolean> {
  const once = () => bucket.write({ ...readme, condition: 'absent' }, signal);
  // It may not have been there before; then a second one tells.
  return (await once()) === null || (await once()) === null;
}

function loadFailure(error: unknown, facts: FailureFacts): unknown {
  if (error instanceof LoadFailure) return error;
  const failure = storeFailure(error, facts, 'write');
  if (!(failure instanceof StepFailure)) return failure;
  const { message, remedy, refused, code } = failure.finding;
  return new LoadFailure(refused ? 'refused' : 'passing', message, { remedy, code, cause: failure.cause });
}
