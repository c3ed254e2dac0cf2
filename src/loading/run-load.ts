import { LoadFailure, type LoadPlan, type Session } from '../destinations/session.ts';
import type { OpenStoredBody } from '../intake/stored-body.ts';
import type { LoadResult } from '../model/load-result.ts';
import type { ParseRoom } from './parse-room.ts';
import { type MessagePlace, openBatchReader } from './read-batches.ts';
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

/** Records of one load that may be set aside before the load is taken apart instead. */
const MOST_POISONED = 5;

/**
 * Runs a planned load in a session. A record at which our code fails is rejected, and the load run again without it.
 * @throws {LoadFailure} of the destination; what reading a body throws; the signal's reason; {@link LoadCrash}.
 */
export async function runLoad(
  load: RunnableLoad,
  session: Session,
  { signal, turn, onRead }: RunOptions,
  surroundings: LoadSurroundings,
): Promise<LoadResult> {
  const poisoned = new Map<string, Map<number, string>>();
  for (let attempt = 0; ; attempt += 1) {
    const reader = openBatchReader({ ...surroundings, load, poisoned, signal, ...(onRead && { onRead }) });
    try {
      return await session.load({ ...planOf(load), ...(turn && { turn }) }, reader.batches, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (reader.failure !== undefined) throw reader.failure;
      if (error instanceof LoadFailure)
        throw isOfValues(error) ? new LoadCrash(error.message, { cause: error }) : error;
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

/** SQLSTATE class 22, data exception: the destination is fine, but some value is not for it. */
const isOfValues = ({ code }: LoadFailure): boolean => code !== null && /^22[0-9A-Z]{3}$/.test(code);

type Poisoned = Map<string, Map<number, string>>;

const isPoisoned = ({ batchId, position }: MessagePlace, poisoned: Poisoned): boolean =>
  poisoned.get(batchId)?.has(position) ?? false;

function setAside({ batchId, position }: MessagePlace, reason: string, poisoned: Poisoned): void {
  poisoned.set(batchId, (poisoned.get(batchId) ?? new Map<number, string>()).set(position, reason));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
