import { parseExactJson } from '../../src/lib/exact-json.ts';
import type { Properties } from '../../src/model/form.ts';
import { flat, normalValue, type StandingRow } from '../destinations/contract/normal-form.ts';
import type { PlaceUnderTest } from '../destinations/contract/type-under-test.ts';
import { startObjectStore } from './object-store.ts';
import { challenge, sentinel, storeProperties, textOf } from './store-session.ts';

interface Manifest {
  readonly table_name: string;
  readonly objects: readonly { readonly key: string; readonly table: string; readonly rows: number }[];
}

const schema = 'source';

/** A store of its own in this process, looked at as readers of a bucket do: by the manifests. */
export async function openStorePlace(given: Properties): Promise<PlaceUnderTest> {
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
  const rejectedTable = '_sdc_rejected';
  return {
    schema,
    port: store.port,
    secrets: ['secret_access_key'],
    properties: (port = store.port) => storeProperties({ port }, given),
    objects: async () => keys().filter((key) => key.startsWith('_backstitch/lanes/') || key === sentinel),
    tables: async () => [
      ...new Set(
        objects().flatMap(({ table, rows }) => (table === rejectedTable || rows === 0 ? [] : [table])),
      ),
    ],
    rows: async (table) =>
      objects()
        .filter((object) => object.table === table)
        .flatMap(({ key }) => linesOf(key))
        .map(standingRow),
    columns: async () => ({}),
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

function standingRow(line: Record<string, unknown>): StandingRow {
  const own = Object.entries(line).filter(([name]) => system.test(name));
  const fields = Object.entries(line).filter(([name]) => !system.test(name));
  return {
    ...Object.fromEntries(own.map(([name, value]) => [name, normalValue(value)])),
    ...flat(Object.fromEntries(fields)),
  };
}
