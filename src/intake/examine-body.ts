import { createHash } from 'node:crypto';
import { Failure } from '../errors/failure.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import type { BatchFormat } from '../store/load-store.ts';
import { type PackedBody, packBody } from '../store/packed-body.ts';
import { maxBodyBytes } from './limits.ts';
import type { Integer, OnInvalid } from './message.ts';
import { parseBatch } from './parse-batch.ts';
import { type PushedTable, parsePush } from './parse-push.ts';
import { renderPush } from './render-push.ts';
import { createSchemaCache } from './validate-record.ts';

/** A body as it came, and by which rules it is judged. Plain: it crosses threads. */
export interface UnexaminedBody {
  readonly format: BatchFormat;
  readonly bytes: Uint8Array;
  readonly clientId: number;
  readonly onInvalid: OnInvalid;
  /** Whether its hash is wanted. */
  readonly isHashed: boolean;
  /** As what it is to be stored, if at all: what comes back are bytes that are packed, or as they came. */
  readonly kept: 'packed' | 'raw' | null;
}

/** What the store has to know of it. Plain; the parsed values stay where they were parsed. */
export interface ExaminedBody {
  readonly parts: readonly BodyPart[];
  /** SHA-256 of format and bytes, as hex digits; null where it was not wanted. */
  readonly hash: string | null;
}

/** What of a body becomes one batch. */
export interface BodyPart {
  readonly table: string;
  readonly keyNames: readonly string[];
  readonly records: number;
  /** So many of them break the rules and are set aside. */
  readonly rejected: number;
  readonly tableVersion: string | null;
  /** Null where it was not to be stored. */
  readonly body: PackedBody | Uint8Array | null;
}

/**
 * Parses and validates a body, cuts a push of several tables into one body for each, and packs what is to be stored.
 * @throws {BatchRefusal | PushRefusal | Failure} PayloadTooLarge
 */
export type ExamineBody = (body: UnexaminedBody) => ExaminedBody;

/** One for each thread: it remembers compiled schemas. @param options.schemaCharacters of those that are kept. */
export function createBodyExaminer(options: { readonly schemaCharacters: number }): ExamineBody {
  const compileSchema = createSchemaCache({ maxCharacters: options.schemaCharacters });

  function partsOf({ format, bytes, clientId, onInvalid }: UnexaminedBody): readonly RawPart[] {
    if (bytes.byteLength > maxBodyBytes)
      throw new Failure(
        'PayloadTooLarge',
        `The body has ${bytes.byteLength} bytes, more than ${maxBodyBytes}.`,
      );
    if (format === 'batch') {
      const { tableName: table, ...batch } = parseBatch(bytes, { onInvalid, compileSchema });
      return [{ table, ...countsOf(batch), bytes }];
    }
    const notation = format === 'push' ? 'json' : 'transit';
    const tables = parsePush(bytes, { format: notation, clientId, onInvalid });
    return tables.map((table) => ({
      table: table.tableName,
      ...countsOf(table),
      bytes: tables.length === 1 ? bytes : renderPush(withKeys(table, tables), notation, clientId),
    }));
  }

  return (body) => ({
    parts: partsOf(body).map(({ bytes, ...part }) => ({
      ...part,
      body: body.kept === 'packed' ? packBody(bytes) : body.kept && bytes,
    })),
    hash: body.isHashed ? hashOf(body) : null,
  });
}

type Counted = Pick<PushedTable, 'keyNames' | 'tableVersion' | 'messages' | 'rejected'>;

const countsOf = ({ keyNames, tableVersion, messages, rejected }: Counted) => ({
  keyNames,
  tableVersion: tableVersion === null ? null : textOf(tableVersion),
  records: messages.length + rejected.length,
  rejected: rejected.length,
});

const textOf = (version: Integer): string =>
  version instanceof ExactNumber ? version.text : String(version);

interface RawPart extends Omit<BodyPart, 'body'> {
  /** Those that came where they hold one table only. */
  readonly bytes: Uint8Array;
}

/** Activations alone name no keys: they go with the records of their table. */
const withKeys = (table: PushedTable, tables: readonly PushedTable[]): PushedTable => {
  const keyed = tables.find(
    ({ tableName, keyNames }) => tableName === table.tableName && keyNames.length > 0,
  );
  return table.keyNames.length > 0 || !keyed ? table : { ...table, keyNames: keyed.keyNames };
};

const hashOf = ({ format, bytes }: UnexaminedBody): string =>
  createHash('sha256').update(`${format}\n`).update(bytes).digest('hex');
