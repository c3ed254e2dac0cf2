import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres, type TestPostgres } from '../test/support/embedded-postgres.ts';
import { flatRecords } from './flat-records.ts';
import { type ImportServer, startImportServer } from './import-server.ts';
import { median } from './load.ts';
import { loadReference } from './reference-load.ts';
import { bodyOf, flatWorkload, nanoseconds, nestedWorkload, shuffled, type Workload } from './workloads.ts';

/**
 * From POST of batches of 1,000 records to rows that others see, through the built server and into a real PostgreSQL,
 * in turn with COPY and INSERT … ON CONFLICT of the same rows. W1: into an empty table. W2: onto it, half of them new.
 * W3: wide and nested. Only the ratios count. While W1 goes in, `/health` and a GET are asked again and again.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    rows: { type: 'string', default: '500000' },
    nested: { type: 'string', default: '100000' },
    connections: { type: 'string', default: '8' },
    only: { type: 'string', default: 'W1,W2,W3' },
  },
});
const rows = Number(options.rows);
const only = options.only.split(',');

const workloads: readonly { readonly name: string; readonly table: string; readonly make: () => Workload }[] =
  [
    { name: 'W1', table: 'flat', make: () => flatWorkload(flatRecords(rows, 0), nanoseconds) },
    {
      name: 'W2',
      table: 'flat',
      make: () => flatWorkload(shuffled(flatRecords(rows, rows / 2)), nanoseconds + BigInt(rows)),
    },
    { name: 'W3', table: 'nested', make: () => nestedWorkload(Number(options.nested), nanoseconds) },
  ];

const figures = new Map<string, number[]>();
function note(name: string, value: number): void {
  figures.set(name, [...(figures.get(name) ?? []), value]);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

/** Resolves when all records of a workload are in the table. */
async function allVisible(
  client: pg.Client,
  table: string,
  { rows, first, lastKeys }: Workload,
): Promise<void> {
  const count = async (sql: string, values: unknown[]): Promise<number> => {
    try {
      const { rows: found } = await client.query(
        `select count(*)::int as n from ${table} where ${sql}`,
        values,
      );
      return found[0].n;
    } catch (error) {
      if (['42P01', '3F000'].includes((error as { code: string }).code)) return 0;
      throw error;
    }
  };
  const last = [lastKeys, String(first)];
  while ((await count('id = any ($1) and _sdc_sequence >= $2', last)) < lastKeys.length) await pause(5);
  while ((await count('_sdc_sequence >= $1', [String(first)])) < rows) await pause(50);
}

/** Asks a path again and again until it is told to stop; milliseconds of each answer. */
async function askWhile(url: string, headers: Record<string, string>, stop: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  while (!stop.aborted) {
    const from = performance.now();
    const answer = await fetch(url, { headers });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`GET ${url}: ${answer.status}`);
    times.push(performance.now() - from);
    await pause(10);
  }
  return times;
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * share)]!;

async function ours(
  imports: ImportServer,
  client: pg.Client,
  table: string,
  workload: Workload,
): Promise<number> {
  const bodies = workload.texts.map((text) => bodyOf(table, workload, text));
  const stop = new AbortController();
  const { url } = imports.server;
  const { authorization } = imports;
  const asked = [
    askWhile(`${url}/health`, {}, stop.signal),
    askWhile(`${url}/v4/sources`, { authorization }, stop.signal),
  ];
  const begun = performance.now();
  const seconds = await timed(async () => {
    await imports.sendAll(bodies, Number(options.connections));
    note('… seconds until all were accepted', (performance.now() - begun) / 1000);
    await allVisible(client, `${imports.schema}.${table}`, workload);
  });
  stop.abort();
  for (const [at, times] of (await Promise.all(asked)).entries())
    note(`${at === 0 ? '/health' : 'GET sources'} p99 while loading, ms`, percentile(times, 0.99));
  return seconds;
}

async function measure(postgres: TestPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url() });
  await client.connect();
  const made = workloads
    .filter(({ name }) => only.includes(name))
    .map((each) => ({ ...each, workload: each.make() }));
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    await using imports = await startImportServer(postgres, {}, [
      ...(process.env.PROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/loader/prof'] : []),
      'dist/main.js',
      'serve',
    ]);
    for (const { name, table, workload } of made) {
      const reference = `reference_${round}_${table}`;
      await client.query('checkpoint');
      const theirs = await timed(() =>
        loadReference(postgres, reference, workload.reference, workload.subtable),
      );
      await client.query('checkpoint');
      const before = imports.server.processorSeconds();
      const mine = await ours(imports, client, table, workload);
      const ratio = theirs / mine;
      note(`${name} end to end, rows/s`, workload.rows / mine);
      note(`${name} reference, rows/s`, workload.rows / theirs);
      note(`${name} ratio`, ratio);
      const used = imports.server.processorSeconds() - before;
      note(`${name} processor time of the server, µs a row`, (used / workload.rows) * 1e6);
      note(`${name} peak memory of the server until then, MB`, imports.server.peakMegabytes());
      console.log(
        `round ${round} ${name} ${(workload.rows / mine).toFixed(0).padStart(8)}/s  reference ${(workload.rows / theirs).toFixed(0).padStart(8)}/s  ratio ${ratio.toFixed(2)}`,
      );
    }
    await client.query(`drop schema ${imports.schema} cascade`);
    for (const table of ['flat', 'nested', 'nested_items'])
      await client.query(`drop table if exists reference_${round}_${table}`);
  }
  await client.end();
}

await using postgres = await startPostgres();
await measure(postgres);
for (const [name, values] of figures) console.log(`${name.padEnd(50)} median ${median(values).toFixed(2)}`);
