import { assert } from '../errors/bug.ts';
import type { BatchStore, NewBatch } from '../store/load-store.ts';
import { type MessageList, messagesOfBatch, recordsOfPush } from './message-list.ts';

/** A body that holds one table, has no idempotency key, and of which nothing was rejected. */
export interface JoinableBody {
  readonly batch: NewBatch;
  /** As it came; not changed by anybody until it is stored. */
  readonly bytes: Uint8Array;
  readonly tableVersion: string | null;
}

/**
 * Stores a body, perhaps as a part of a larger batch, and says which. Durable when resolved.
 * @throws {Failure} as `BatchStore.append`.
 */
export type StoreJoined = (body: JoinableBody) => Promise<NewBatch>;

/** Of what becomes one batch. */
const most = { records: 1_000, bytes: 256 * 1024 };

interface Waiting extends JoinableBody {
  /** Null: it cannot be joined with others. */
  readonly list: MessageList | null;
  readonly stored: PromiseWithResolvers<NewBatch>;
}

/**
 * Small bodies for the same table that come while others are being stored are stored as one batch, whose messages are
 * all of theirs: what a batch costs, from here until it is loaded, is mostly the same for one record and for a hundred.
 * Nobody waits for company while nothing is being stored. Only bodies that are the same byte for byte around their
 * messages are joined, so that what comes out means what they meant.
 */
export function joinBodies(append: BatchStore['appendAll']): StoreJoined {
  /** By table, those that wait while others are on their way. */
  const busy = new Map<string, Waiting[]>();

  async function store(group: readonly Waiting[]): Promise<void> {
    try {
      const whole = joined(group);
      const outcome = await append([whole]);
      assert(outcome === 'accepted', 'a body without an idempotency key was there before');
      for (const { stored } of group) stored.resolve(whole.batch);
    } catch (error) {
      for (const { stored } of group) stored.reject(error);
    }
  }

  async function storeAll(key: string, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) await Promise.all(inGroups(waiting.splice(0)).map(store));
    busy.delete(key);
  }

  return (body) => {
    const { batch, tableVersion } = body;
    const key = JSON.stringify([batch.sourceId, batch.table, batch.format, batch.loadGroup, tableVersion]);
    const stored = Promise.withResolvers<NewBatch>();
    const ready = { ...body, list: listOf(body), stored };
    const waiting = busy.get(key);
    if (waiting) waiting.push(ready);
    else {
      const first = [ready];
      busy.set(key, first);
      // What comes in the same turn goes together.
      setImmediate(() => void storeAll(key, first));
    }
    return stored.promise;
  };
}

function listOf({ batch, bytes }: JoinableBody): MessageList | null {
  if (batch.format === 'batch') return messagesOfBatch(bytes);
  return batch.format === 'push' ? recordsOfPush(bytes) : null;
}

function inGroups(waiting: readonly Waiting[]): Waiting[][] {
  const groups: Waiting[][] = [];
  let records = 0;
  let bytes = 0;
  for (const body of waiting) {
    const group = groups.at(-1);
    records += body.batch.records;
    bytes += body.bytes.byteLength;
    if (group?.[0] && records <= most.records && bytes <= most.bytes && areAlike(group[0], body))
      group.push(body);
    else {
      groups.push([body]);
      records = body.batch.records;
      bytes = body.bytes.byteLength;
    }
  }
  return groups;
}

const before = ({ bytes }: JoinableBody, { from }: MessageList): Uint8Array => bytes.subarray(0, from);
const after = ({ bytes }: JoinableBody, { to }: MessageList): Uint8Array => bytes.subarray(to);

/** The same bytes stand around their messages. */
function areAlike(one: Waiting, other: Waiting): boolean {
  if (one.list === null || other.list === null) return false;
  return (
    Buffer.compare(before(one, one.list), before(other, other.list)) === 0 &&
    Buffer.compare(after(one, one.list), after(other, other.list)) === 0
  );
}

const comma = Buffer.from(',');

function joined(group: readonly Waiting[]): { readonly batch: NewBatch; readonly body: Uint8Array } {
  const [first] = group;
  assert(first, 'a group of bodies is empty');
  const { batch, bytes, list } = first;
  if (list === null || group.length === 1) return { batch, body: bytes };
  const lists = group.flatMap(({ bytes, list }) => (list ? [comma, bytes.subarray(list.from, list.to)] : []));
  return {
    batch: { ...batch, records: group.reduce((sum, each) => sum + each.batch.records, 0) },
    body: Buffer.concat([before(first, list), ...lists.slice(1), after(first, list)]),
  };
}
