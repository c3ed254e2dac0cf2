import { gunzipSync } from 'node:zlib';
import {
  type LoadTuning,
  openLoadSession,
} from '../../src/destinations/object-storage/load/open-load-session.ts';
import { resolveSettings } from '../../src/destinations/storagegrid/settings.ts';
import type { Properties } from '../../src/model/form.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { again, makeBatch, randomId, type TestSession } from './load-session.ts';
import { type ObjectStore, testKeys } from './object-store.ts';

export const sentinel = 'stitch-challenge-file-0001';
export const keyFormat = '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].jsonl';

/** Properties of a StorageGRID in v4's form. */
export function storeProperties(store: { readonly port: number }, rest: Properties = {}): Properties {
  const [[access_key_id, secret_access_key] = ['', '']] = Object.entries(testKeys);
  return {
    endpoint: 'http://127.0.0.1',
    port: String(store.port),
    s3_bucket: 'lake',
    access_key_id,
    secret_access_key,
    output_file_format: 'jsonl',
    s3_key_format_string: keyFormat,
    sentinel_key: sentinel,
    ...rest,
  };
}

/** Puts the challenge file where it belongs. */
export function challenge(store: ObjectStore, bucket = 'lake'): void {
  store.buckets.get(bucket)?.set(sentinel, { body: Buffer.alloc(0), etag: '"empty"', contentType: '' });
}

/** A session over the real network that loads into `source.<table>`. */
export async function openStoreSession(
  store: { readonly port: number },
  options: {
    readonly properties?: Properties;
    readonly tuning?: LoadTuning;
    readonly signal?: AbortSignal;
  } = {},
): Promise<TestSession> {
  const signal = options.signal ?? new AbortController().signal;
  const session = await openLoadSession(
    resolveSettings(storeProperties(store, options.properties)),
    {
      network: createNetwork({ policy: 'private', allow: [], egressAddresses: [] }),
      signal,
      ssh: { privateKey: '', publicKey: '', pinnedHostKey: () => null, onHostKey: () => {} },
    },
    options.tuning,
  );
  return {
    session,
    load: (table, batches, plan = {}) =>
      session.load(
        {
          loadId: randomId(),
          lane: { schema: 'source', table },
          fence: 1,
          batchedAt: 1_700_000_001_000,
          ...plan,
        },
        again(batches.map(makeBatch)),
        signal,
      ),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Keys of files, in order; without bookkeeping and the challenge file. */
export const dataKeys = ({ buckets }: ObjectStore): string[] =>
  [...(buckets.get('lake')?.keys() ?? [])]
    .filter((key) => !key.startsWith('_backstitch/') && key !== sentinel)
    .sort();

/** The text of a file, uncompressed. */
export function textOf({ buckets }: ObjectStore, key: string): string {
  const body = buckets.get('lake')?.get(key)?.body;
  if (!body) throw new Error(`no object ${key}`);
  return (key.endsWith('.gz') ? gunzipSync(body) : body).toString();
}

/** The records of a file in JSON lines. */
export const linesOf = (store: ObjectStore, key: string): Record<string, unknown>[] =>
  textOf(store, key)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
