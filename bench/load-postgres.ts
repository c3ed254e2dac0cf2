import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openCopyIn } from '../src/destinations/postgres/copy-in.ts';
import { openLoadSession } from '../src/destinations/postgres/load/open-load-session.ts';
import { resolveSettings } from '../src/destinations/postgres/settings.ts';
import type { LoadBatch, LoadMessage } from '../src/destinations/session.ts';
import type { LoadResult } from '../src/model/load-result.ts';
import { createNetwork } from '../src/network/create-network.ts';
import { compileSchema } from '../src/shape/schema-place.ts';
import { startPostgres, type TestPostgres } from '../test/support/embedded-postgres.ts';
import { flatRecords, flatSchema } from './flat-records.ts';
import { median } from './load.ts';

/**
 * Rows a second into a real PostgreSQL with its default settings, from batches as JSON to committed rows, beside a COPY
 * of the same rows as text and INSERT … ON CONFLICT. W1: into an empty table. W2: shuffled onto W1, half of them new.
 * W4: batches of one record. Interleaved rounds; only the ratios count.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '500000' },
    chunk: { type: 'string', default: '50' },
    single: { type: 'string', default: '1000' },
  },
});
const rounds = Number(options.rounds);
const rows = Number(options.rows);
const batchRows = 1000;
const chunkBatches = Number(options.chunk);

interface Batches {
  readonly texts: readonly string[];
  /** The same rows in COPY's text format. */
  readonly copy: readonly Buffer[];
}

const systemTimes = '2026-11-20 12:30:45.123456Z';
const copyLine = (record: object, sequence: number): string =>
  `${Object.values(record)
    .map((value) => (typeof value === 'boolean' ? (value ? 't' : 'f') : String(value)))
    .join('\t')}\t${sequence}\t\\N\t${systemTimes}\t${systemTimes}\t${systemTimes}\t\\N\n`;

function makeBatches(records: readonly object[], firstSequence: number): Batches {
  const texts: string[] = [];
  const copy: Buffer[] = [];
  for (let from = 0; from < records.length; from += batchRows) {
    const part = records.slice(from, from + batchRows);
    const messages = part.map((data, index) => ({
      action: 'upsert',
      sequence: firstSequence + from + index,
      time_extracted: '2026-11-20T12:30:45.123456Z',
      data,
    }));
    texts.push(JSON.stringify(messages));
    copy.push(Buffer.from(part.map((each, index) => copyLine(each, firstSequence + from + index)).join('')));
  }
  return { texts, copy };
}

const place = compileSchema(flatSchema);

interface Message {
  readonly sequence: number;
  readonly time_extracted: string;
  readonly data: object;
}

function* messagesOf(text: string): Iterable<LoadMessage> {
  const parsed = JSON.parse(text) as Message[];
  for (let position = 0; position < parsed.length; position += 1) {
    const { data, sequence, time_extracted: extractedAt } = parsed[position]!;
    yield { action: 'upsert', record: { data, sequence, extractedAt, position } };
  }
}

const asBatch = (text: string): LoadBatch => ({
  facts: { id: randomBytes(16).toString('hex'), receivedAt: 1_795_000_000_000_000, tableVersion: null },
  keyNames: ['id'],
  place,
  messages: { [Symbol.iterator]: () => messagesOf(text)[Symbol.iterator]() },
});

const asBatches = (texts: readonly string[]): AsyncIterable<LoadBatch> => ({
  async *[Symbol.asyncIterator]() {
    for (const text of texts) yield asBatch(text);
  },
});

async function openSession(server: TestPostgres) {
  const settings = resolveSettings({
    host: server.host,
    port: String(server.port),
    username: 'postgres',
    password: 'postgres',
    database: 'postgres',
    ssl: 'false',
    encryption_type: 'none',
  });
  return await openLoadSession(settings, {
    network: createNetwork({ policy: 'private', allow: [], egressAddresses: [] }),
    signal: new AbortController().signal,
    ssh: { privateKey: '', publicKey: '', pinnedHostKey: () => null, onHostKey: () => {} },
  });
}

/** Loads of whole batches on two sessions: one stages while the other merges. */
async function load(server: TestPostgres, table: string, { texts }: Batches): Promise<void> {
  await using first = await openSession(server);
  await using second = await openSession(server);
  const running: Promise<LoadResult>[] = [];
  for (let from = 0; from < texts.length; from += chunkBatches) {
    const number = running.length;
    if (number >= 2) await running[number - 2];
    const turn = running[number - 1];
    const plan = {
      loadId: randomBytes(16).toString('hex'),
      lane: { schema: 'bench', table },
      fence: 1,
      batchedAt: 1_795_000_001_000,
      ...(turn && { turn }),
    };
    const session = number % 2 === 0 ? first : second;
    const signal = new AbortController().signal;
    running.push(session.load(plan, asBatches(texts.slice(from, from + chunkBatches)), signal));
  }
  const results = await Promise.all(running);
  if (results.some(({ rejections }) => rejections.length > 0)) throw new Error('a record was rejected');
}

const columns = `id bigint, first_name text, city text, comment text, price double precision,
  weight double precision, is_active boolean, is_paid boolean, created_at timestamptz, updated_at timestamptz,
  _sdc_sequence bigint, _sdc_table_version bigint, _sdc_received_at timestamptz, _sdc_batched_at timestamptz,
  _sdc_extracted_at timestamptz, _sdc_deleted_at timestamptz`;
const columnNames = columns.split(',').map((column) => column.trim().split(' ')[0]!);

async function reference(server: TestPostgres, table: string, { copy }: Batches): Promise<void> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`create table if not exists ${table} (${columns}, primary key (id))`);
  await client.query(`create temporary table staging (like ${table})`);
  const copying = await openCopyIn(client, 'copy staging from stdin');
  for (const chunk of copy) await copying.write(chunk);
  await copying.end();
  await client.query(
    `insert into ${table} as kept select * from staging on conflict (id) do update
     set ${columnNames
       .slice(1)
       .map((name) => `${name} = excluded.${name}`)
       .join(', ')}
     where coalesce(kept._sdc_sequence, -9223372036854775808) < excluded._sdc_sequence`,
  );
  await client.end();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

async function single(server: TestPostgres, count: number): Promise<{ ours: number; reference: number }> {
  await using session = await openSession(server);
  const texts = flatRecords(count, 10_000_000).map((data, index) =>
    JSON.stringify([{ action: 'upsert', sequence: index + 1, time_extracted: systemTimes, data }]),
  );
  const signal = new AbortController().signal;
  const ours = await timed(async () => {
    for (const text of texts)
      await session.load(
        {
          loadId: randomBytes(16).toString('hex'),
          lane: { schema: 'bench', table: 'single' },
          fence: 1,
          batchedAt: 1_795_000_001_000,
        },
        asBatches([text]),
        signal,
      );
  });
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`create table if not exists single_reference (${columns}, primary key (id))`);
  const names = columnNames.slice(0, 11);
  const sql = {
    name: 'upsert',
    text: `insert into single_reference as kept (${names.join(', ')})
      values (${names.map((_, index) => `$${index + 1}`).join(', ')})
      on conflict (id) do update set ${names
        .slice(1)
        .map((name) => `${name} = excluded.${name}`)
        .join(', ')}`,
  };
  const plain = await timed(async () => {
    for (const [index, record] of flatRecords(count, 10_000_000).entries())
      await client.query({ ...sql, values: [...Object.values(record), index + 1] });
  });
  await client.end();
  return { ours: count / ours, reference: count / plain };
}

function shuffled<T>(list: readonly T[]): T[] {
  const copy = [...list];
  let state = 42;
  for (let index = copy.length - 1; index > 0; index -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = state % (index + 1);
    [copy[index], copy[other]] = [copy[other]!, copy[index]!];
  }
  return copy;
}

const w1 = makeBatches(flatRecords(rows, 0), 1);
const w2 = makeBatches(shuffled(flatRecords(rows, rows / 2)), rows + 1);

await using server = await startPostgres();
const ratios = new Map<string, number[]>();
function report(round: number, name: string, ours: number, theirs: number): void {
  const list = ratios.get(name) ?? [];
  ratios.set(name, [...list, ours / theirs]);
  console.log(
    `round ${round} ${name.padEnd(4)} ours ${ours.toFixed(0).padStart(8)}/s  reference ${theirs.toFixed(0).padStart(8)}/s  ratio ${(ours / theirs).toFixed(2)}`,
  );
}
for (let round = 1; round <= rounds; round += 1) {
  const table = `round_${round}`;
  for (const [name, batches] of [
    ['W1', w1],
    ['W2', w2],
  ] as const) {
    await server.query('checkpoint');
    const theirs = await timed(() => reference(server, table, batches));
    await server.query('checkpoint');
    const ours = await timed(() => load(server, table, batches));
    report(round, name, rows / ours, rows / theirs);
  }
  const [mine] = await server.query(`select count(*) as n, sum(_sdc_sequence) as s from bench.${table}`);
  const [theirs] = await server.query(`select count(*) as n, sum(_sdc_sequence) as s from ${table}`);
  if (mine!.n !== theirs!.n || mine!.s !== theirs!.s) throw new Error('the tables differ');
  await server.query(`drop table ${table}; drop table bench.${table}`);
  const batchesOfOne = await single(server, Number(options.single));
  report(round, 'W4', batchesOfOne.ours, batchesOfOne.reference);
}
for (const [name, list] of ratios) console.log(`${name}: median ratio ${median(list).toFixed(2)}`);
console.log(
  `memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most, with both workloads in it`,
);
