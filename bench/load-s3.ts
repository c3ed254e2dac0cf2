import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { openLoadSession } from '../src/destinations/object-storage/load/open-load-session.ts';
import type { LoadBatch, LoadMessage } from '../src/destinations/session.ts';
import { resolveSettings } from '../src/destinations/storagegrid/settings.ts';
import { createNetwork } from '../src/network/create-network.ts';
import { untyped } from '../src/shape/schema-place.ts';
import { flatRecords } from './flat-records.ts';
import { median } from './load.ts';
import { flatWorkload } from './workloads.ts';

/**
 * Bytes a second into a store on this machine that keeps them in memory, from parsed batches (with --parse: from JSON) to
 * files that stand, beside the AWS SDK alone that sends the same bytes from memory in parts of the same size. Interleaved rounds; only the
 * ratios count. Peak memory is that of this process, which also holds the workload and the bytes of the reference.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '200000' },
    chunk: { type: 'string', default: '100' },
    format: { type: 'string', default: 'jsonl' },
    parse: { type: 'boolean', default: false },
  },
});
const rows = Number(options.rows);
const chunkBatches = Number(options.chunk);
const partBytes = 8 * 1024 * 1024;

const sink = fork(new URL('./store-sink.ts', import.meta.url));
const [{ port }] = (await once(sink, 'message')) as [AddressInfo];
const client = new S3Client({
  endpoint: `http://127.0.0.1:${port}`,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  requestChecksumCalculation: 'WHEN_REQUIRED',
});
const Bucket = 'lake';
const sentinel_key = 'stitch-challenge-file-bench';
await client.send(new PutObjectCommand({ Bucket, Key: sentinel_key, Body: Buffer.from('x') }));

const { texts } = flatWorkload(flatRecords(rows, 0), 1000);

interface Message {
  readonly sequence: number;
  readonly time_extracted: string;
  readonly data: object;
}

function* messagesOf(parsed: readonly Message[]): Iterable<LoadMessage> {
  for (let position = 0; position < parsed.length; position += 1) {
    const { data, sequence, time_extracted: extractedAt } = parsed[position]!;
    yield { action: 'upsert', record: { data, sequence, extractedAt, position } };
  }
}

const parse = (text: string): LoadMessage[] => [...messagesOf(JSON.parse(text) as Message[])];
const parsedBefore = options.parse ? [] : texts.map(parse);

const batchOf = (index: number): LoadBatch => ({
  facts: { id: randomBytes(16).toString('hex'), receivedAt: 1_795_000_000_000_000, tableVersion: null },
  keyNames: ['id'],
  place: untyped,
  messages: parsedBefore[index] ?? parse(texts[index]!),
});

const session = await openLoadSession(
  resolveSettings({
    endpoint: 'http://127.0.0.1',
    port: String(port),
    s3_bucket: Bucket,
    access_key_id: 'a',
    secret_access_key: 'b',
    output_file_format: options.format,
    s3_key_format_string: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded]',
    sentinel_key,
  }),
  {
    network: createNetwork({ policy: 'private', allow: [], egressAddresses: [] }),
    signal: new AbortController().signal,
    ssh: { privateKey: '', publicKey: '', pinnedHostKey: () => null, onHostKey: () => {} },
  },
);

/** Loads all batches, so many a load. Gives the keys. */
async function ours(): Promise<string[]> {
  const keys: string[] = [];
  for (let from = 0; from < texts.length; from += chunkBatches) {
    const until = Math.min(from + chunkBatches, texts.length);
    const { tables } = await session.load(
      {
        loadId: randomBytes(16).toString('hex'),
        lane: { schema: 'bench', table: 'w1' },
        fence: 1,
        batchedAt: 1_795_000_001_000,
      },
      {
        async *[Symbol.asyncIterator]() {
          for (let index = from; index < until; index += 1) yield batchOf(index);
        },
      },
      new AbortController().signal,
    );
    keys.push(...(tables[0]?.objects ?? []).map((key) => key.slice(Bucket.length + 1)));
  }
  return keys;
}

/** Sends these bytes as one object in parts, three at a time, as ours does. */
async function send(Key: string, bytes: Buffer): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const Parts: { ETag: string | undefined; PartNumber: number }[] = [];
  const waiting = Array.from({ length: Math.ceil(bytes.length / partBytes) }, (_, index) => index);
  const worker = async () => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const Body = bytes.subarray(index * partBytes, (index + 1) * partBytes);
      const PartNumber = index + 1;
      const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      Parts[index] = { ETag, PartNumber };
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  await client.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
  );
}

interface Timed<T> {
  readonly value: T;
  readonly seconds: number;
  /** Processor time of this thread for each record, in microseconds: it differs less with what else goes on. */
  readonly processor: number;
}

async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const from = performance.now();
  const before = process.threadCpuUsage();
  const value = await work();
  const { user, system } = process.threadCpuUsage(before);
  return { value, seconds: (performance.now() - from) / 1000, processor: (user + system) / rows };
}

async function removeAll(keys: readonly string[]): Promise<void> {
  for (const Key of keys) await client.send(new DeleteObjectCommand({ Bucket, Key }));
}

const first = await ours();
const same: Buffer[] = [];
for (const Key of first) {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  same.push(Buffer.from((await Body?.transformToByteArray()) ?? []));
}
await removeAll(first);
const bytes = same.reduce((sum, { length }) => sum + length, 0);
console.log(`${rows} rows, ${(bytes / 1e6).toFixed(0)} MB of ${options.format} in ${same.length} loads`);

const ratios: number[] = [];
for (let round = 1; round <= Number(options.rounds); round += 1) {
  const reference = await timed(async () => {
    for (const [index, each] of same.entries()) await send(`reference/${index}`, each);
  });
  const own = await timed(ours);
  await removeAll(own.value);
  const ratio = reference.seconds / own.seconds;
  ratios.push(ratio);
  const rate = (seconds: number) => `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
  const cost = ({ seconds, processor }: Timed<unknown>) =>
    `${rate(seconds)}, ${processor.toFixed(1)} µs a record`;
  console.log(
    `round ${round}: ours ${cost(own)}; the SDK alone ${cost(reference)}; ratio ${ratio.toFixed(2)}`,
  );
}
console.log(`median ratio ${median(ratios).toFixed(2)}`);
await session[Symbol.asyncDispose]();
client.destroy();
sink.kill();
