import type { LoadBatch, LoadMessage } from '../destinations/session.ts';
import type { OpenStoredBody } from '../intake/stored-body.ts';
import type { PlannedBatch, PlannedLoad } from '../store/load-store.ts';
import type { ParseRoom } from './parse-room.ts';

export interface BatchReader {
  /** The batches of the load in order. May be gone through again, from the first; each time bodies are read anew. */
  readonly batches: AsyncIterable<LoadBatch>;
  /** What reading a body threw: damage in the spool, a store that does not answer. It counts for more than its effects. */
  readonly failure: unknown;
  /** The message that was handed out last. Null: none was. */
  readonly last: MessagePlace | null;
}

export interface MessagePlace {
  readonly batchId: string;
  readonly position: number;
}

/** Records that nobody can live with: they are rejected instead, with the reason. By batch and position. */
export type PoisonedRecords = ReadonlyMap<string, ReadonlyMap<number, string>>;

export interface BatchReaderParts {
  readonly load: Pick<PlannedLoad, 'accountId' | 'batches'>;
  /** @throws {SpoolDamage} */
  readBody(batchId: string): Promise<Uint8Array>;
  readonly openBody: OpenStoredBody;
  readonly room: ParseRoom;
  readonly poisoned: PoisonedRecords;
  readonly signal: AbortSignal;
  /** All batches have been gone through; awaited before anything becomes of them. */
  onRead?(): void | Promise<void>;
}

/** Reads one body ahead, and parses each when its turn has come. */
export function openBatchReader(parts: BatchReaderParts): BatchReader {
  const { load, readBody, openBody, room, poisoned, signal } = parts;
  let failure: unknown;
  let last: MessagePlace | null = null;

  async function read(batch: PlannedBatch | undefined): Promise<Uint8Array | null> {
    return batch === undefined ? null : await orFail(() => readBody(batch.id));
  }

  async function orFail<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      failure ??= error;
      throw error;
    }
  }

  async function* goThrough(): AsyncGenerator<LoadBatch> {
    let ahead = quietly(read(load.batches[0]));
    for (const [index, batch] of load.batches.entries()) {
      const bytes = await ahead;
      ahead = quietly(read(load.batches[index + 1]));
      if (bytes === null) continue;
      signal.throwIfAborted();
      using _parsing = await room.enter(bytes.byteLength, signal);
      const { id, format, receivedAt } = batch;
      const opened = openBody({ id, format, receivedAt, bytes, accountId: load.accountId });
      yield { ...opened, messages: watched(opened.messages, id) };
    }
    await orFail(async () => await parts.onRead?.());
  }

  function watched(messages: Iterable<LoadMessage>, batchId: string): Iterable<LoadMessage> {
    const poison = poisoned.get(batchId);
    return {
      *[Symbol.iterator]() {
        for (const message of messages) {
          const position = message.action === 'upsert' ? message.record.position : message.position;
          last = { batchId, position };
          const reason = message.action === 'upsert' ? poison?.get(position) : undefined;
          if (message.action !== 'upsert' || reason === undefined) yield message;
          else yield { action: 'reject', position, reason, record: message.record.data };
        }
        last = null;
      },
    };
  }

  return {
    batches: { [Symbol.asyncIterator]: goThrough },
    get failure() {
      return failure;
    },
    get last() {
      return last;
    },
  };
}

/** Whoever goes on awaits it and meets its error; whoever stops before leaves nothing unhandled. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
