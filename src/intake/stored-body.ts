import type { LoadBatch, LoadMessage } from '../destinations/session.ts';
import { assert } from '../errors/bug.ts';
import { type ExactJsonObject, renderExactJson } from '../lib/exact-json.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { untyped } from '../shape/schema-place.ts';
import type { Int64, SchemaPlace } from '../shape/shape.ts';
import type { BatchFormat } from '../store/load-store.ts';
import type { Integer, Message, RejectedRecord } from './message.ts';
import { parseBatch } from './parse-batch.ts';
import { parsePush } from './parse-push.ts';
import { createSchemaPlaces, type FindPlace } from './schema-places.ts';
import { type CompileSchema, createSchemaCache } from './validate-record.ts';

/** An accepted body as it came out of the spool. */
export interface StoredBody {
  readonly id: string;
  readonly format: BatchFormat;
  readonly accountId: number;
  /** Each of its records was held against the schema and found valid, so that this need not be done again. */
  readonly isValid: boolean;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly bytes: Uint8Array;
}

/** Parses bodies that were accepted, as batches of a load. */
export type OpenStoredBody = (body: StoredBody) => LoadBatch;

/** Characters of schemas that are kept compiled. */
const schemaCharacters = 4_000_000;
/** A body that is smaller holds no record over the limit of one, so that nobody has to measure its records. */
const recordLimit = 4_000_000;

/** One for each thread that loads: it remembers compiled schemas. */
export function createBodyOpener(): OpenStoredBody {
  const compileSchema = createSchemaCache({ maxCharacters: schemaCharacters });
  const findPlace = createSchemaPlaces({ maxCharacters: schemaCharacters });

  return (body) => {
    let parsed: Parsed | null = parse(body, compileSchema, findPlace);
    const { keyNames, bookmarkNames = [], place, tableVersion } = parsed;
    const measures = body.bytes.byteLength > recordLimit;
    return {
      facts: { id: body.id, receivedAt: body.receivedAt * 1000, tableVersion },
      keyNames,
      bookmarkNames,
      place,
      messages: {
        *[Symbol.iterator]() {
          const { messages, rejected } = parsed ?? parse(body, compileSchema, findPlace);
          // The values of a large body are held only as long as they are gone through.
          parsed = null;
          yield* inOrder(messages, rejected, tableVersion, measures);
        },
      },
    };
  };
}

interface Parsed {
  readonly keyNames: readonly string[];
  readonly bookmarkNames?: readonly string[];
  readonly tableVersion: Int64 | null;
  readonly place: SchemaPlace;
  readonly messages: readonly Message[];
  readonly rejected: readonly RejectedRecord[];
}

/**
 * A body was checked when it was accepted, by the rules of its source then. Rejecting gives the same messages for a
 * body in which nothing was refused, so what the source says today does not matter.
 */
function parse(body: StoredBody, compileSchema: CompileSchema, findPlace: FindPlace): Parsed {
  const onInvalid = 'reject';
  if (body.format === 'batch') {
    const compile = body.isValid ? trustSchema : compileSchema;
    const batch = parseBatch(body.bytes, { onInvalid, compileSchema: compile });
    return { ...batch, tableVersion: asInt64(batch.tableVersion), place: findPlace(batch.schema) };
  }
  const format = body.format === 'push' ? 'json' : 'transit';
  const tables = parsePush(body.bytes, { format, clientId: body.accountId, onInvalid });
  const [table] = tables;
  assert(table && tables.length === 1, `batch ${body.id} holds ${tables.length} tables`);
  return { ...table, tableVersion: asInt64(table.tableVersion), place: untyped };
}

/** Finds every record valid. */
const trustSchema: CompileSchema = () => () => null;

/** By position; the two lists are in order. */
function* inOrder(
  messages: readonly Message[],
  rejected: readonly RejectedRecord[],
  tableVersion: Int64 | null,
  measures: boolean,
): Generator<LoadMessage> {
  let next = 0;
  function* rejectedBefore(position: number): Generator<LoadMessage> {
    for (; next < rejected.length && rejected[next]!.position < position; next++) {
      const { position: at, reason, message } = rejected[next]!;
      // What is rejected for its own sake has an object there: anything else refuses the whole body.
      yield { action: 'reject', position: at, reason, record: message.data as ExactJsonObject };
    }
  }
  for (const message of messages) {
    const { position } = message;
    yield* rejectedBefore(position);
    if (message.action === 'activate') {
      if (tableVersion !== null) yield { action: 'activate_version', version: tableVersion, position };
      continue;
    }
    const { data, sequence, extractedAt } = message;
    const bytes = measures ? { bytes: Buffer.byteLength(renderExactJson(data)) } : {};
    yield { action: 'upsert', record: { data, sequence, extractedAt, position, ...bytes } };
  }
  yield* rejectedBefore(Number.POSITIVE_INFINITY);
}

function asInt64(value: Integer | null): Int64 | null {
  if (!(value instanceof ExactNumber)) return value;
  const integer = BigInt(value.text);
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
}
