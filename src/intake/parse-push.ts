import {
  type ExactJson,
  type ExactJsonObject,
  InvalidJson,
  isExactObject,
  type ParsedJson,
  parseExactJson,
} from '../lib/exact-json.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { isInstant } from '../lib/instant.ts';
import { asInteger } from './integer.ts';
import { maxDataPoints, maxMessages } from './limits.ts';
import type { Integer, Message, OnInvalid, RejectedRecord } from './message.ts';
import { findPushProblems, isActivating, type PushProblems } from './push-record.ts';
import { type FieldProblems, PushRefusal } from './push-refusal.ts';
import { readTransit } from './transit.ts';

/** The records of one table in a body of `POST /v2/import/push`. Records may hold `Instant`s when they came as Transit. */
export interface PushedTable {
  readonly tableName: string;
  /** Each once. Empty only where a table has nothing but activations. */
  readonly keyNames: readonly string[];
  readonly tableVersion: Integer | null;
  /** In their order; positions are those of the whole body. */
  readonly messages: readonly Message[];
  readonly rejected: readonly RejectedRecord[];
}

export interface PushOptions {
  readonly format: 'json' | 'transit';
  /** Of the account that the token belongs to. */
  readonly clientId: number;
  readonly onInvalid: OnInvalid;
}

/** So many bad records are told; more help nobody. */
const maxReasons = 100;

/**
 * Reads and checks a body of push or validate: its records by table, in the order in which the tables (with their keys
 * and version) first occur. Deterministic, like `parseBatch`.
 * @throws {PushRefusal}
 */
export function parsePush(bytes: Uint8Array, options: PushOptions): readonly PushedTable[] {
  const { value, largestElement } = parse(bytes, options.format);
  if (!Array.isArray(value)) throw new PushRefusal({ kind: 'no-array' });
  if (value.length === 0 || value.length > maxMessages) {
    const message = `An array of 1 to ${maxMessages} records is expected, found ${value.length}`;
    throw new PushRefusal({ kind: 'too-many', message });
  }
  const records = value.map(asRecord);
  checkClients(records, options.clientId);

  // In Transit one place may stand for several values only through the cache, which holds short names.
  const countsValues = options.format === 'transit' || largestElement > maxDataPoints;
  const found = records.map((record) => findPushProblems(record, countsValues));
  const refusing = found.filter(
    (problems): problems is PushProblems =>
      problems !== null && (options.onInvalid === 'refuse' || !problems.ownSake),
  );
  if (refusing.length > 0) {
    const reasons = refusing.slice(0, maxReasons).map(({ fields }) => fields);
    throw new PushRefusal({ kind: 'records', reasons });
  }
  return groupByTable(records, found);
}

function parse(bytes: Uint8Array, format: PushOptions['format']): ParsedJson {
  try {
    if (format === 'json') return parseExactJson(bytes, { list: null, key: 'sequence' });
    return { value: readTransit(parseExactJson(bytes).value), largestElement: 0 };
  } catch (error) {
    if (error instanceof InvalidJson) throw new PushRefusal({ kind: 'malformed', reason: error.message });
    throw error;
  }
}

function asRecord(record: ExactJson, position: number): ExactJsonObject {
  if (isExactObject(record) && !isInstant(record)) return record;
  throw new PushRefusal({ kind: 'records', reasons: [`Record ${position} must be an object`] });
}

function checkClients(records: readonly ExactJsonObject[], clientId: number): void {
  const clients = new Set(records.map(({ client_id }) => clientText(client_id)));
  if (clients.has('')) throw new PushRefusal({ kind: 'no-client' });
  if (clients.size > 1) throw new PushRefusal({ kind: 'several-clients', clientId: String(clientId) });
  if (!clients.has(String(clientId))) throw new PushRefusal({ kind: 'other-client' });
}

/** Some senders write the number as text. Empty: there is none. */
function clientText(client: ExactJson | undefined): string {
  if (client instanceof ExactNumber) return client.text;
  if (client === undefined || client === null) return '';
  return typeof client === 'object' ? JSON.stringify(client) : String(client);
}

function groupByTable(
  records: readonly ExactJsonObject[],
  found: readonly (PushProblems | null)[],
): readonly PushedTable[] {
  interface OpenTable extends PushedTable {
    readonly messages: Message[];
    readonly rejected: RejectedRecord[];
  }
  const tables = new Map<string, OpenTable>();
  for (const [position, record] of records.entries()) {
    const keyNames = [...new Set((record.key_names ?? []) as string[])];
    const tableVersion = record.table_version === undefined ? null : asInteger(record.table_version);
    const group = JSON.stringify([record.table_name, keyNames, tableVersion]);
    let table = tables.get(group);
    if (table === undefined) {
      table = { tableName: record.table_name as string, keyNames, tableVersion, messages: [], rejected: [] };
      tables.set(group, table);
    }
    const problems = found[position];
    if (problems) table.rejected.push({ position, reason: reasonText(problems.fields), message: record });
    else table.messages.push(messageOf(record, position));
  }
  return [...tables.values()];
}

function messageOf(record: ExactJsonObject, position: number): Message {
  const sequence = asInteger(record.sequence);
  if (isActivating(record)) return { action: 'activate', position, sequence };
  const { time_extracted: extracted = null } = record;
  const extractedAt = isInstant(extracted) ? extracted.text : (extracted as string | null);
  return { action: 'upsert', position, sequence, data: record.data as ExactJsonObject, extractedAt };
}

const reasonText = (fields: FieldProblems): string =>
  Object.entries(fields)
    .map(([field, problems]) => `${field}: ${problems.join(', ')}`)
    .join('; ');
