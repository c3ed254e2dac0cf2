import { assert } from '../errors/bug.ts';
import {
  type ExactJson,
  type ExactJsonObject,
  isExactObject,
  parseExactJson,
  renderExactJson,
} from '../lib/exact-json.ts';
import { parsePush } from './parse-push.ts';
import { renderPush } from './render-push.ts';
import type { StoredBody } from './stored-body.ts';

/** The records of an accepted body by their positions, as they were sent. */
export interface StoredRecords {
  /** Each once, in the sender's order; empty: the table is append-only. */
  readonly keyNames: readonly string[];
  /** What the sender sent as the record; undefined where the body has none. */
  recordAt(position: number): ExactJson | undefined;
  /** A body of the same format, schema, keys and version that holds these records only, in order and digit for digit. */
  renderOnly(positions: readonly number[]): Uint8Array;
}

/** Reads a body that was accepted. */
export function readStoredRecords(body: Pick<StoredBody, 'bytes' | 'format' | 'accountId'>): StoredRecords {
  return body.format === 'batch' ? fromBatch(body.bytes) : fromPush(body);
}

function fromBatch(bytes: Uint8Array): StoredRecords {
  const { value } = parseExactJson(bytes, { list: 'messages', key: 'sequence' });
  assert(isExactObject(value), 'an accepted batch is no object');
  const messages = value.messages as readonly ExactJsonObject[];
  return {
    keyNames: [...new Set((value.key_names ?? []) as string[])],
    recordAt: (position) => messages[position]?.data,
    renderOnly: (positions) =>
      Buffer.from(
        renderExactJson({ ...value, messages: positions.flatMap((position) => messages[position] ?? []) }),
      ),
  };
}

function fromPush({
  bytes,
  format,
  accountId,
}: Pick<StoredBody, 'bytes' | 'format' | 'accountId'>): StoredRecords {
  const notation = format === 'push' ? 'json' : 'transit';
  // Whether the source refuses or rejects today does not matter to what was accepted.
  const tables = parsePush(bytes, { format: notation, clientId: accountId, onInvalid: 'reject' });
  const [table] = tables;
  assert(table && tables.length === 1, 'an accepted batch holds one table');
  const records = new Map<number, ExactJson>([
    ...table.messages.flatMap((message) =>
      message.action === 'upsert' ? [[message.position, message.data] as const] : [],
    ),
    ...table.rejected.map(({ position, message }) => [position, message.data ?? message] as const),
  ]);
  return {
    keyNames: table.keyNames,
    recordAt: (position) => records.get(position),
    renderOnly(positions) {
      const wanted = new Set(positions);
      const only = {
        ...table,
        messages: table.messages.filter(({ position }) => wanted.has(position)),
        rejected: table.rejected.filter(({ position }) => wanted.has(position)),
      };
      return renderPush(only, notation, accountId);
    },
  };
}
