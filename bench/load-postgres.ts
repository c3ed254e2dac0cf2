import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openLoadSession } from '../src/destinations/postgres/load/open-load-session.ts';
import { resolveSettings } from '../src/destinations/postgres/settings.ts';
import type { LoadResult } from '../src/model/load-result.ts';
import { createNetwork } from '../src/network/create-network.ts';
import { compileSchema } from '../src/shape/schema-place.ts';
import { startPostgres, type TestPostgres } from '../test/support/embedded-postgres.ts';
import { flatRecords, flatSchema } from './flat-records.ts';
import { asBatches } from './json-batches.ts';
import { median } from './load.ts';
import { loadReference, systemTimes } from './reference-load.ts';
import { flatWorkload, nestedWorkload, shuffled, type Workload } from './workloads.ts';

/**
 * Rows a second into a real PostgreSQL with its default settings, from batches as JSON to committed rows, beside a COPY
 * of the same rows as text and INSERT … ON CONFLICT. W1: into an empty table. W2: shuffled onto W1, half of them new.
 * W3: wide and nested, with a subtable. W4: batches of one record. Interleaved rounds; only the ratios count.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '500000' },
    megabytes: { type: 'string', default: '16' },
    single: { type: 'string', default: '1000' },
    nested: { type: 'string', default: '100000' },
    only: { type: 'string', default: 'W1,W2,W3' },
  },
});
const rounds = Number(options.rounds);
const rows = Number(options.rows);
const loadBytes = Number(options.megabytes) * 1024 * 1024;

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

/** Batches in loads of so many bytes as the loader gives them. */
function inLoads(texts: readonly string[]): string[][] {
  const loads: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    bytes += text.length;
    if (bytes > loadBytes) {
      loads.push([]);
      bytes = text.length;
    }
    loads.at(-1)!.push(text);
  }
  return loads;
}

/** Loads of whole batches on two sessions: one stages while the other merges. */
async function load(server: TestPostgres, table: string, { texts, schema }: Workload): Promise<void> {
  await using first = await openSession(server);
  await using second = await openSession(server);
  const place = compileSchema(schema);
  const running: Promise<LoadResult>[] = [];
  for (const part of inLoads(texts)) {
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
    running.push(session.load(plan, asBatches(part, place), signal));
  }
  const results = await Promise.all(running);
  if (results.some(({ rejections }) => rejections.length > 0)) throw new Error('a record was rejected');
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
        asBatches([text], compileSchema(flatSchema)),
        signal,
      );
  });
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  const { columns } = flatWorkload(flatRecords(1, 0), 1).reference;
  await client.query(`create table if not exists single_reference (${columns}, primary key (id))`);
  const names = columns
    .split(',')
    .slice(0, 11)
    .map((column) => column.trim().split(' ')[0]!);
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

const workloads = [
  { name: 'W1', table: 'flat', workload: flatWorkload(flatRecords(rows, 0), 1) },
  { name: 'W2', table: 'flat', workload: flatWorkload(shuffled(flatRecords(rows, rows / 2)), rows + 1) },
  { name: 'W3', table: 'nested', workload: nestedWorkload(Number(options.nested), 1) },
].filter(({ name }) => options.only.split(',').includes(name));

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
  for (const { name, table: kind, workload } of workloads) {
    const table = `${kind}_${round}`;
    await server.query('checkpoint');
    const theirs = await timed(() => loadReference(server, table, workload.reference, workload.subtable));
    await server.query('checkpoint');
    const ours = await timed(() => load(server, table, workload));
    report(round, name, workload.rows / ours, workload.rows / theirs);
    for (const each of workload.subtable ? [table, 'items'] : [table]) {
      const sums = (of: string) => server.query(`select count(*) as n, sum(_sdc_sequence) as s from ${of}`);
      const [mine] = await sums(each === 'items' ? `bench.${table}__items` : `bench.${table}`);
      const [other] = await sums(each === 'items' ? `${table}_items` : table);
      if (mine!.n !== other!.n || mine!.s !== other!.s) throw new Error(`the tables of ${name} differ`);
    }
  }
  if (Number(options.single) > 0) {
    const batchesOfOne = await single(server, Number(options.single));
    report(round, 'W4', batchesOfOne.ours, batchesOfOne.reference);
  }
  for (const table of [`flat_${round}`, `nested_${round}`, `nested_${round}_items`])
    await server.query(`drop table if exists ${table}`);
  await server.query('drop schema if exists bench cascade');
}
for (const [name, list] of ratios) console.log(`${name}: median ratio ${median(list).toFixed(2)}`);
console.log(
  `memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most, with both workloads in it`,
);
