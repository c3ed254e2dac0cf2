import type { ExactJson } from '../lib/exact-json.ts';
import { randomId } from '../lib/random-id.ts';
import type { Source } from '../model/source.ts';
import type { NewBatch } from '../store/load-store.ts';
import type { RejectedPart, RejectionFilter } from '../store/rejection-store.ts';
import { SpoolDamage } from '../store/spool-store.ts';
import type { Store } from '../store/store.ts';
import { readStoredRecords, type StoredRecords } from './stored-records.ts';

/** Records that loads could not take: whole, as they were sent, and loaded once more. */
export interface RejectedRecords {
  /** Newest first, one after another out of the retained batches; at most one body is in memory at a time. */
  records(source: Source, filter: RejectedFilter): AsyncIterable<RejectedEntry>;
  /**
   * Puts rejected records into new batches, which are loaded like any others: what is rejected again is reported again.
   * A record is retried once; calling twice, or at once, changes nothing.
   * @throws {Failure} Overloaded when a backlog budget is used up; what was put into batches before stays there.
   */
  retry(source: Source, filter: RejectedFilter): Promise<Retried>;
}

export type RejectedFilter = Pick<RejectionFilter, 'table' | 'batchId' | 'since'>;

export interface RejectedEntry extends Omit<RejectedPart, 'rejections' | 'id' | 'format'> {
  readonly position: number;
  readonly reason: string;
  readonly kind: 'record' | 'column';
  /** Undefined: it cannot be read any more. */
  readonly record: ExactJson | undefined;
}

export interface Retried {
  readonly records: number;
  readonly batches: number;
  /** Records which stand, without some of their values: nothing would replace those. */
  readonly partly: number;
  /** Records of batches that are damaged, or whose payload was dropped meanwhile. */
  readonly unreadable: number;
}

/** Parts that are asked for at a time. */
const step = 20;

export function createRejectedRecords({
  store,
}: {
  readonly store: Pick<Store, 'rejections' | 'spool'>;
}): RejectedRecords {
  async function* parts(source: Source, filter: RejectedFilter): AsyncGenerator<RejectedPart> {
    let before: number | undefined;
    for (;;) {
      const found = await store.rejections.list(source.accountId, source.id, {
        ...filter,
        limit: step,
        ...(before === undefined ? {} : { before }),
      });
      yield* found;
      const last = found.at(-1);
      if (last === undefined || found.length < step) return;
      before = last.id;
    }
  }

  /** Parts of one batch come one after another: its body is read once. */
  function openBodies(source: Source): (part: RejectedPart) => Promise<StoredRecords | null> {
    let held: { readonly batchId: string; readonly records: StoredRecords | null } | null = null;
    return async ({ batchId, format }) => {
      if (held?.batchId === batchId) return held.records;
      held = null;
      const bytes = await readBody(batchId);
      const records = bytes && readStoredRecords({ format, bytes, accountId: source.accountId });
      held = { batchId, records };
      return records;
    };
  }

  async function readBody(batchId: string): Promise<Uint8Array | null> {
    try {
      const pieces: Uint8Array[] = [];
      for await (const piece of store.spool.read(batchId)) pieces.push(piece);
      return Buffer.concat(pieces);
    } catch (error) {
      if (error instanceof SpoolDamage) return null;
      throw error;
    }
  }

  return {
    async *records(source, filter) {
      const open = openBodies(source);
      for await (const part of parts(source, filter)) {
        const records = await open(part);
        const { rejections, id: _, format: __, ...facts } = part;
        for (const rejection of rejections)
          yield { ...facts, ...rejection, record: records?.recordAt(rejection.position) };
      }
    },
    async retry(source, filter) {
      const open = openBodies(source);
      const told = { records: 0, batches: 0, partly: 0, unreadable: 0 };
      for await (const part of parts(source, filter)) {
        const positions = part.rejections.flatMap(({ kind, position }) =>
          kind === 'record' ? [position] : [],
        );
        // A part holds one kind only.
        if (positions.length === 0)
          told.partly += new Set(part.rejections.map(({ position }) => position)).size;
        if (positions.length === 0) continue;
        const records = await open(part);
        if (records === null) {
          told.unreadable += positions.length;
          continue;
        }
        const ordered = [...new Set(positions)].toSorted((one, other) => one - other);
        const batch = batchOf(source, part, records.keyNames, ordered.length);
        if (!(await store.rejections.retry(batch, records.renderOnly(ordered), [part.id]))) continue;
        told.records += ordered.length;
        told.batches += 1;
      }
      return told;
    },
  };
}

const batchOf = (
  source: Source,
  { table, format }: RejectedPart,
  keyNames: readonly string[],
  records: number,
): NewBatch => ({
  id: randomId(),
  accountId: source.accountId,
  sourceId: source.id,
  table,
  format,
  records,
  loadGroup: JSON.stringify(keyNames),
  idempotency: null,
});
