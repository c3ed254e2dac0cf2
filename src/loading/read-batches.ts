import type { LoadBatch, LoadMessage } from '../destinations/session.ts';
import type { OpenStoredBody } from '../intake/stored-body.ts';
import { collectGarbage } from '../lib/collect-garbage.ts';
import { freeMemory } from '../lib/own-memory.ts';
import type { PlannedBatch, PlannedLoad } from '../store/load-store.ts';
import { type PackedBody, unpackBody } from '../store/packed-body.ts';
import type { ParseRoom } from './parse-room.ts';
import type { ReadBodies } from './runner.ts';

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
  readonly readBodies: ReadBodies;
  readonly openBody: OpenStoredBody;
  readonly room: ParseRoom;
  readonly poisoned: PoisonedRecords;
  /** The last message that is handed out; left out: all are. */
  readonly until?: MessagePlace;
  readonly signal: AbortSignal;
  /** All batches have been gone through; awaited before anything becomes of them. */
  onRead?(): void | Promise<void>;
}

/** Reads one group of bodies ahead, and unpacks and parses each body when its turn has come. */
export function openBatchReader(parts: BatchReaderParts): BatchReader {
  const { load, readBodies, openBody, room, poisoned, until, signal } = parts;
  const groups = inGroups(load.batches);
  let failure: unknown;
  let last: MessagePlace | null = null;

  async function read(group: readonly PlannedBatch[] = []): Promise<readonly PackedBody[]> {
    return group.length === 0 ? [] : await orFail(() => readBodies(group.map(({ id }) => id)));
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
    let ahead = quietly(read(groups[0]));
    going: for (const [index, group] of groups.entries()) {
      const bodies = await ahead;
      ahead = quietly(read(groups[index + 1]));
      for (const [at, { id, format, receivedAt, isValid }] of group.entries()) {
        const packed = bodies[at]!;
        signal.throwIfAborted();
        using _parsing = await room.enter(packed.rawBytes, signal);
        const bytes = await orFail(async () => unpackBody(id, packed));
        const opened = openBody({ id, format, receivedAt, isValid, bytes, accountId: load.accountId });
        yield { ...opened, messages: watched(opened.messages, id) };
        freeMemory(bytes);
        if (packed.rawBytes > largeBytes) collectGarbage();
        if (id === until?.batchId) break going;
      }
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
          if (batchId === until?.batchId && position === until.position) break;
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

/** Values of larger bodies take up so much that the next one must not come on top of them. */
const largeBytes = 2 * 1024 * 1024;

/** Bodies that are read at one time: small ones together, since asking for each costs more than reading it. */
const groupBytes = 1024 * 1024;

function inGroups(batches: readonly PlannedBatch[]): PlannedBatch[][] {
  const groups: PlannedBatch[][] = [];
  let bytes = 0;
  for (const batch of batches) {
    const group = groups.at(-1);
    bytes += batch.rawBytes;
    if (group && bytes <= groupBytes) group.push(batch);
    else {
      groups.push([batch]);
      bytes = batch.rawBytes;
    }
  }
  return groups;
}
