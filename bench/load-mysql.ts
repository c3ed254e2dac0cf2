import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import mysql from 'mysql2/promise';
import { openLoadSession } from '../src/destinations/mysql/load/open-load-session.ts';
import { resolveSettings } from '../src/destinations/mysql/settings.ts';
import type { Session } from '../src/destinations/session.ts';
import type { LoadResult } from '../src/model/load-result.ts';
import { createNetwork } from '../src/network/create-network.ts';
import { compileSchema } from '../src/shape/schema-place.ts';
import { startMariadb, type TestMariadb } from '../test/support/mariadb.ts';
import { flatRecords, flatSchema } from './flat-records.ts';
import { asBatches } from './json-batches.ts';
import { median } from './load.ts';
import { flatWorkload } from './workloads.ts';

/**
 * Rows a second into a real MariaDB, from batches as JSON to committed rows, beside LOAD DATA LOCAL of the same rows as
 * text and INSERT … ON DUPLICATE KEY UPDATE. W1: into an empty table, a load of as many batches at a time on both
 * sides. Interleaved rounds; only the ratios count.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '200000' },
    chunk: { type: 'string', default: '50' },
  },
});
const rounds = Number(options.rounds);
const rows = Number(options.rows);
const chunkBatches = Number(options.chunk);

type User = Awaited<ReturnType<TestMariadb['addUser']>>;

const openSession = (server: TestMariadb, user: User): Promise<Session> =>
  openLoadSession(resolveSettings({ host: server.host, port: String(server.port), ...user }), {
    network: createNetwork({ policy: 'private', allow: [], egressAddresses: [] }),
    signal: new AbortController().signal,
    ssh: { privateKey: '', publicKey: '', pinnedHostKey: () => null, onHostKey: () => {} },
  });

/** As the loader does it, on two sessions: one stages while the other merges. */
async function load(server: TestMariadb, user: User, table: string, texts: readonly string[]): Promise<void> {
  await using first = await openSession(server, user);
  await using second = await openSession(server, user);
  const place = compileSchema(flatSchema);
  const running: Promise<LoadResult>[] = [];
  for (let from = 0; from < texts.length; from += chunkBatches) {
    const number = running.length;
    if (number >= 2) await running[number - 2];
    const turn = running[number - 1]?.then(() => {});
    const plan = {
      loadId: randomBytes(16).toString('hex'),
      lane: { schema: 'bench', table },
      fence: 1,
      batchedAt: 1_795_000_001_000,
      ...(turn && { turn }),
    };
    const batches = asBatches(texts.slice(from, from + chunkBatches), place);
    const session = number % 2 === 0 ? first : second;
    running.push(session.load(plan, batches, new AbortController().signal));
  }
  const results = await Promise.all(running);
  if (results.some(({ rejections }) => rejections.length > 0)) throw new Error('a record was rejected');
}

const columns = `id bigint, first_name longtext, city longtext, comment longtext, price double, weight double,
  is_active tinyint(1), is_paid tinyint(1), created_at datetime(6), updated_at datetime(6), _sdc_sequence bigint,
  _sdc_table_version bigint, _sdc_received_at datetime(6), _sdc_batched_at datetime(6), _sdc_extracted_at datetime(6),
  _sdc_deleted_at datetime(6)`;
const names = columns.split(',').map((column) => column.trim().split(' ')[0]!);

/** What PostgreSQL's COPY takes, as LOAD DATA takes it: booleans are digits, times have no zone. */
const asLoadData = (copy: Buffer): Buffer =>
  Buffer.from(
    copy
      .toString()
      .replaceAll('\tt\t', '\t1\t')
      .replaceAll('\tf\t', '\t0\t')
      .replaceAll('\tt\t', '\t1\t')
      .replaceAll('\tf\t', '\t0\t')
      .replace(/(\d\d:\d\d:\d\d(?:\.\d+)?)Z/g, '$1'),
  );

/** What a person with a client would do. */
async function loadReference(
  server: TestMariadb,
  user: User,
  table: string,
  chunks: readonly (readonly Buffer[])[],
): Promise<void> {
  const client = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: user.username,
    password: user.password,
  });
  await client.query('create database if not exists reference');
  await client.query(`create table reference.${table} (${columns}, primary key (id))`);
  await client.query(`create temporary table reference.staging (${columns})`);
  const updates = names
    .slice(1)
    .map((name) => `${name} = if(values(_sdc_sequence) > k._sdc_sequence, values(${name}), k.${name})`);
  for (const chunk of chunks) {
    await client.query('delete from reference.staging');
    await client.query({
      sql: "load data local infile 'rows' into table reference.staging character set utf8mb4",
      infileStreamFactory: () => Readable.from(chunk),
    } as mysql.QueryOptions);
    await client.query(
      `insert into reference.${table} select * from reference.staging on duplicate key update ${updates
        .map((update) => update.replaceAll('k.', `reference.${table}.`))
        .join(', ')}`,
    );
  }
  await client.end();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

await using server = await startMariadb({ settings: { innodb_flush_log_at_trx_commit: '1' } });
const user = await server.addUser('all privileges on *.*');
const workload = flatWorkload(flatRecords(rows, 0), 1);
const copies = workload.reference.copy.map(asLoadData);
// As many buffers as there are batches, or more: cut into as many parts as there are loads.
const parts = Math.ceil(workload.texts.length / chunkBatches);
const size = Math.ceil(copies.length / parts);
const chunks = Array.from({ length: parts }, (_, part) => copies.slice(part * size, (part + 1) * size));

const ratios: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  const table = `flat_${round}`;
  const theirs = rows / (await timed(() => loadReference(server, user, table, chunks)));
  const ours = rows / (await timed(() => load(server, user, table, workload.texts)));
  ratios.push(ours / theirs);
  const sums = (schema: string) =>
    server.admin(
      `select count(*) n, sum(_sdc_sequence) s, sum(price) p, max(updated_at) u from ${schema}.${table}`,
    );
  const [mine, other] = [await sums('bench'), await sums('reference')];
  if (JSON.stringify(mine) !== JSON.stringify(other)) throw new Error('the tables differ');
  console.log(
    `round ${round} W1 ours ${ours.toFixed(0).padStart(8)}/s  reference ${theirs.toFixed(0).padStart(8)}/s  ratio ${(ours / theirs).toFixed(2)}`,
  );
  for (const schema of ['bench', 'reference']) await server.admin(`drop table ${schema}.${table}`);
  await server.admin('drop database bench');
}
console.log(`W1: median ratio ${median(ratios).toFixed(2)}`);
console.log(
  `memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most, with the workload in it`,
);
