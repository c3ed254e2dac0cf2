import { parse } from 'csv-parse/sync';
import type { CloudEnvironment } from '../../src/destinations/destination.ts';
import { parseExactJson } from '../../src/lib/exact-json.ts';
import type { Properties } from '../../src/model/form.ts';
import {
  flat,
  normalNumber,
  normalText,
  normalValue,
  type StandingRow,
  typeless,
} from '../destinations/contract/normal-form.ts';
import type { PlaceUnderTest } from '../destinations/contract/type-under-test.ts';
import { startObjectStore } from './object-store.ts';
import { challenge, sentinel, storeProperties, textOf } from './store-session.ts';

interface Manifest {
  readonly table_name: string;
  readonly objects: readonly { readonly key: string; readonly table: string; readonly rows: number }[];
}

const schema = 'source';

export interface StorePlaceOptions {
  readonly format: 'csv' | 'jsonl';
  /** Properties of the type, for a store that listens there. */
  readonly properties?: (port: number) => Properties;
  /** For a type that the environment of the server leads to its store. */
  readonly cloud?: (port: number) => CloudEnvironment;
  readonly secrets?: readonly string[];
}

/** A store of its own in this process, looked at as readers of a bucket do: by the manifests. */
export async function openStorePlace(options: StorePlaceOptions): Promise<PlaceUnderTest> {
  const { format, cloud } = options;
  const properties = options.properties ?? ((port: number) => storeProperties({ port }));
  const store = await startObjectStore();
  challenge(store);
  const keys = () => [...store.buckets.get('lake')!.keys()].toSorted();
  const objects = () =>
    keys()
      .filter((key) => key.startsWith('_backstitch/manifests/'))
      .map((key) => JSON.parse(textOf(store, key)) as Manifest)
      .flatMap(({ objects, ...manifest }) => objects.map((object) => ({ ...manifest, ...object })));
  const linesOf = (key: string) =>
    textOf(store, key)
      .split('\n')
      .slice(0, -1)
      .map((line) => parseExactJson(Buffer.from(line)).value as Record<string, unknown>);
  const recordsOf = (key: string): readonly StandingRow[] =>
    format === 'jsonl'
      ? linesOf(key).map(standingLine)
      : (parse(textOf(store, key), { columns: true, cast: nullOrText }) as Fields[]).map(standingFields);
  /** Of the newest file: columns only come. */
  const headerOf = (table: string): readonly string[] => {
    const key = format === 'csv' && objects().findLast((object) => object.table === table)?.key;
    return key ? (parse(textOf(store, key), { to: 1 }) as string[][])[0]! : [];
  };
  const rejectedTable = '_sdc_rejected';
  return {
    schema,
    port: store.port,
    secrets: options.secrets ?? ['secret_access_key'],
    properties: (port = store.port) => ({
      ...properties(port),
      output_file_format: format,
      s3_key_format_string: `[integration_name]/[table_name]/[table_version]_[timestamp_loaded].${format}`,
    }),
    ...(cloud && { cloud: (port = store.port) => cloud(port) }),
    objects: async () => keys().filter((key) => key.startsWith('_backstitch/lanes/') || key === sentinel),
    tables: async () => [
      ...new Set(
        objects().flatMap(({ table, rows }) => (table === rejectedTable || rows === 0 ? [] : [table])),
      ),
    ],
    rows: async (table) =>
      objects()
        .filter((object) => object.table === table && object.key.startsWith(`${schema}/`))
        .flatMap(({ key }) => recordsOf(key)),
    columns: async (table) => Object.fromEntries(headerOf(table).map((name) => [name, 'text'])),
    rejected: async () =>
      objects()
        .filter((object) => object.table === rejectedTable)
        .flatMap(({ key }) => linesOf(key))
        .map((row) => ({
          table: String(row.table_name),
          reason: String(row.reason),
          record: typeof row.record === 'string' ? row.record : JSON.stringify(row.record),
          loadId: String(row._sdc_load_id),
          position: Number(row._sdc_position),
          kind: String(row._sdc_kind),
        })),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

const system = /^_sdc_(extracted_at|received_at|batched_at|sequence|table_version)$|^__sdc_primary_key$/;

function standingLine(line: Record<string, unknown>): StandingRow {
  const own = Object.entries(line).filter(([name]) => system.test(name));
  const fields = Object.entries(line).filter(([name]) => !system.test(name));
  return {
    ...Object.fromEntries(own.map(([name, value]) => [name, normalValue(value)])),
    ...flat(Object.fromEntries(fields)),
  };
}

type Fields = Readonly<Record<string, string | null>>;

/** Null is nothing at all, an empty text a pair of quotes. */
const nullOrText = (
  text: string,
  { quoting, header }: { quoting: boolean; header: boolean },
): string | null => (text === '' && !quoting && !header ? null : text);

function standingFields(fields: Fields): StandingRow {
  const entries = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(entries.map(([name, text]) => [name, standingField(name, text)]));
}

/** Our own columns have types; of others there is only the text. */
const standingField = (name: string, text: string) =>
  /^_sdc_(sequence|table_version|level_\d+_id)$/.test(name) ? normalNumber(text) : typeless(normalText(text));
