import { isOfRecords, LoadFailure, type LoadPlan, type Session } from '../destinations/session.ts';
import type { OpenStoredBody } from '../intake/stored-body.ts';
import type { LoadResult } from '../model/load-result.ts';
import { isolateRecords, TooManyRefused, tableRefused } from './isolate-records.ts';
import type { ParseRoom } from './parse-room.ts';
import {
  type BatchReader,
  type BatchReaderParts,
  type MessagePlace,
  openBatchReader,
} from './read-batches.ts';
import type { ReadBodies, RunnableLoad, RunOptions } from './runner.ts';

/** What a load needs of its surroundings. Nothing else reaches the thread that runs it. */
export interface LoadSurroundings {
  readonly readBodies: ReadBodies;
  readonly openBody: OpenStoredBody;
  readonly room: ParseRoom;
}

/** Something in the load itself ended it, which is not the destination's fault. */
export class LoadCrash extends Error {
  override readonly name = 'LoadCrash';
}

/** Larger loads are cut into batches first. */
const MOST_REHEARSED_BYTES = 4 * 1024 * 1024;

/** Records of one load that may be set aside before the load is taken apart instead. */
const MOST_POISONED = 5;

/**
 * Runs a planned load in a session. A record at which our code fails, or to which the destination objects, is rejected,
 * and the load run again without it.
 * @throws {LoadFailure} of the destination; what reading a body throws; the signal's reason; {@link LoadCrash}.
 */
export async function runLoad(
  load: RunnableLoad,
  session: Session,
  { signal, turn, onRead }: RunOptions,
  surroundings: LoadSurroundings,
): Promise<LoadResult> {
  const poisoned: Poisoned = new Map();
  const plan = { ...planOf(load), ...(turn && { turn }) };
  const open = (parts: Partial<BatchReaderParts> = {}): BatchReader =>
    openBatchReader({ ...surroundings, load, poisoned, signal, ...(onRead && { onRead }), ...parts });

  for (let attempt = 0; ; attempt += 1) {
    const reader = open();
    try {
      return await session.load(plan, reader.batches, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (reader.failure !== undefined) throw reader.failure;
      if (error instanceof LoadFailure && isOfRecords(error))
        return await withoutRefused({ load, plan, session, signal, failure: error, poisoned, open });
      if (error instanceof LoadFailure) throw error;
      if (attempt >= MOST_POISONED || reader.last === null || isPoisoned(reader.last, poisoned))
        throw new LoadCrash(`The load met a bug: ${messageOf(error)}`, { cause: error });
      setAside(reader.last, `The server could not handle this record: ${messageOf(error)}`, poisoned);
    }
  }
}

export const planOf = (load: RunnableLoad): LoadPlan => {
  const { loadId, source, table, fence, batchedAt, standingFence, batches } = load;
  return {
    batchIds: batches.map(({ id }) => id),
    standingFence,
    loadId,
    lane: { schema: source.name, table },
    fence,
    batchedAt,
  };
};

interface Refused {
  readonly load: RunnableLoad;
  readonly plan: LoadPlan;
  readonly session: Session;
  readonly signal: AbortSignal;
  readonly failure: LoadFailure;
  readonly poisoned: Poisoned;
  open(parts?: Partial<BatchReaderParts>): BatchReader;
}

/** Loads what the destination does not object to, and has the rest rejected in its words. */
async function withoutRefused(given: Refused): Promise<LoadResult> {
  const { load, plan, session, signal, failure, poisoned, open } = given;
  const { batches, source } = load;
  const isLarge = batches.reduce((sum, { rawBytes }) => sum + rawBytes, 0) > MOST_REHEARSED_BYTES;
  if (!session.rehearse || (isLarge && batches.length > 1))
    throw new LoadCrash(failure.message, { cause: failure });

  /** What reading throws counts for more than what it led to. */
  async function reading<T>(until: MessagePlace | undefined, use: (reader: BatchReader) => Promise<T>) {
    const reader = open(until && { until });
    try {
      return await use(reader);
    } catch (error) {
      signal.throwIfAborted();
      throw reader.failure ?? error;
    }
  }
  const places = await placesOf(open({ onRead: () => {} }));
  const discardedAt = `POST /v4/sources/${source.id}/batches/{batch}/discard`;
  try {
    return await isolateRecords({
      count: places.length,
      failure,
      discardedAt,
      async rehearse(upTo) {
        try {
          await reading(places[upTo - 1], ({ batches }) => session.rehearse!(plan, batches, signal));
          return null;
        } catch (error) {
          if (error instanceof LoadFailure && isOfRecords(error)) return error;
          throw error;
        }
      },
      load: () => reading(undefined, ({ batches }) => session.load(plan, batches, signal)),
      setAside: (record, { message }) => setAside(places[record]!, message, poisoned),
    });
  } catch (error) {
    if (!(error instanceof TooManyRefused)) throw error;
    if (batches.length > 1) throw new LoadCrash(failure.message, { cause: failure });
    throw tableRefused('too few records', failure, discardedAt);
  }
}

/** Where the records of a load are. */
async function placesOf({ batches }: BatchReader): Promise<MessagePlace[]> {
  const places: MessagePlace[] = [];
  for await (const { facts, messages } of batches) {
    for (const message of messages)
      if (message.action === 'upsert') places.push({ batchId: facts.id, position: message.record.position });
  }
  return places;
}

type Poisoned = Map<string, Map<number, string>>;

const isPoisoned = ({ batchId, position }: MessagePlace, poisoned: Poisoned): boolean =>
  poisoned.get(batchId)?.has(position) ?? false;

function setAside({ batchId, position }: MessagePlace, reason: string, poisoned: Poisoned): void {
  poisoned.set(batchId, (poisoned.get(batchId) ?? new Map<number, string>()).set(position, reason));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
