import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { openLoadSession } from '../src/destinations/object-storage/load/open-load-session.ts';
import type { LoadBatch, LoadMessage } from '../src/destinations/session.ts';
import { resolveSettings } from '../src/destinations/storagegrid/settings.ts';
import { createNetwork } from '../src/network/create-network.ts';
import { untyped } from '../src/shape/schema-place.ts';
import { flatRecords } from './flat-records.ts';

/**
 * What a session holds in memory at most while one single load of so many records of W1 goes into a store that is a
 * process of its own. Batches are made when they are asked for and kept by nobody, so that nothing but loading grows.
 */
const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, format: { type: 'string', default: 'jsonl' } },
});
const rows = Number(options.rows);
const batchRows = 1_000;

const sink = fork(new URL('./store-sink.ts', import.meta.url), ['--forget']);
const [{ port }] = (await once(sink, 'message')) as [AddressInfo];
const sentinel_key = 'stitch-challenge-file-bench';
await fetch(`http://127.0.0.1:${port}/lake/${sentinel_key}`, { method: 'PUT', body: 'x' });
const signal = new AbortController().signal;
const session = await openLoadSession(
  resolveSettings({
    endpoint: 'http://127.0.0.1',
    port: String(port),
    s3_bucket: 'lake',
    access_key_id: 'a',
    secret_access_key: 'b',
    output_file_format: options.format,
    s3_key_format_string: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded]',
    sentinel_key,
  }),
  {
    network: createNetwork({ policy: 'private', allow: [], egressAddresses: [] }),
    signal,
    ssh: { privateKey: '', publicKey: '', pinnedHostKey: () => null, onHostKey: () => {} },
  },
);

function batchFrom(from: number): LoadBatch {
  const messages = flatRecords(Math.min(batchRows, rows - from), from).map(
    (data, position): LoadMessage => ({
      action: 'upsert',
      record: { data, sequence: from + position, extractedAt: '2026-11-20T12:30:45.123456Z', position },
    }),
  );
  return {
    facts: { id: randomBytes(16).toString('hex'), receivedAt: 1_795_000_000_000_000, tableVersion: null },
    keyNames: ['id'],
    place: untyped,
    messages,
  };
}

const megabytes = () => Math.round(process.memoryUsage.rss() / 1e6);
let most = megabytes();
const report = (loaded: number) =>
  console.log(`${String(loaded).padStart(8)} records: ${megabytes()} MB, at most ${most} MB`);

report(0);
await session.load(
  {
    loadId: randomBytes(16).toString('hex'),
    lane: { schema: 'bench', table: 'w1' },
    fence: 1,
    batchedAt: 1_795_000_001_000,
  },
  {
    async *[Symbol.asyncIterator]() {
      for (let from = 0; from < rows; from += batchRows) {
        most = Math.max(most, megabytes());
        if (from > 0 && from % 100_000 === 0) report(from);
        yield batchFrom(from);
      }
    },
  },
  signal,
);
report(rows);
await session[Symbol.asyncDispose]();
sink.kill();
