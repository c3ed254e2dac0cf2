import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import pg from 'pg';
import { startPostgres } from '../test/support/embedded-postgres.ts';
import { flatRecords, flatSchema } from './flat-records.ts';
import { startImportServer } from './import-server.ts';
import { median } from './load.ts';
import { bodyOf } from './workloads.ts';

/**
 * Batches of one record, through the built server into a real PostgreSQL. 64 senders that do not wait: records a second
 * until the last is visible. One sender that waits until others see its record before it sends the next, without and
 * with the wait for company, beside the upsert that it comes to.
 */
const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '50000' },
    waits: { type: 'string', default: '200' },
    only: { type: 'string', default: 'one,many' },
  },
});
const only = options.only.split(',');
const records = Number(options.records);
const waits = Number(options.waits);

const schema = { schema: flatSchema };
const bodyFor = (table: string, id: number): Buffer =>
  bodyOf(
    table,
    schema,
    JSON.stringify([{ action: 'upsert', sequence: id + 1, data: flatRecords(1, id)[0] }]),
  );

await using postgres = await startPostgres();
const client = new pg.Client({ connectionString: postgres.url() });
await client.connect();

const count = async (table: string, where = 'true'): Promise<number> => {
  const found = await client
    .query(`select count(*)::int as n from ${table} where ${where}`)
    .catch(() => null);
  return found?.rows[0].n ?? 0;
};

async function manySenders(): Promise<void> {
  await using imports = await startImportServer(postgres);
  await imports.sendAll([bodyFor('singles', records)], 1);
  const table = `${imports.schema}.singles`;
  while ((await count(table)) < 1) await pause(10);
  // Made beforehand: the sender shares the processors.
  const bodies = Array.from({ length: records }, (_, id) => bodyFor('singles', id));
  let sent = 0;
  const usedBefore = imports.server.processorSeconds();
  const begun = performance.now();
  const { non2xx, errors } = await autocannon({
    url: `${imports.server.url}/v2/import/batch`,
    method: 'POST',
    connections: 64,
    amount: records,
    headers: { authorization: `Bearer ${imports.importToken}`, 'content-type': 'application/json' },
    requests: [{ setupRequest: (request) => ({ ...request, body: bodies[sent++]! }) }],
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} answers other than 2xx, ${errors} errors`);
  const accepted = (performance.now() - begun) / 1000;
  while ((await count(table)) < records + 1) await pause(20);
  const seconds = (performance.now() - begun) / 1000;
  const used = imports.server.processorSeconds() - usedBefore;
  console.log(
    `64 senders: ${(records / accepted).toFixed(0)} records/s accepted, ${(records / seconds).toFixed(0)}/s until all were visible, ${((used / records) * 1e6).toFixed(0)} µs of processors a record in the server`,
  );
}

async function oneSender(env: Record<string, string>, name: string): Promise<void> {
  await using imports = await startImportServer(postgres, env);
  const table = `${imports.schema}.fresh`;
  const times: number[] = [];
  for (let id = 0; id < waits; id += 1) {
    const begun = performance.now();
    await imports.sendAll([bodyFor('fresh', id)], 1);
    while ((await count(table, `id = ${id}`)) < 1) await pause(1);
    times.push(performance.now() - begun);
  }
  console.log(`${name}: p50 ${median(times.slice(waits / 10)).toFixed(1)} ms from POST to visible`);
}

async function plainUpserts(): Promise<void> {
  await client.query('create table plain (id bigint primary key, first_name text, price double precision)');
  const times: number[] = [];
  for (let id = 0; id < waits; id += 1) {
    const begun = performance.now();
    await client.query({
      name: 'upsert',
      text: `insert into plain values ($1, $2, $3) on conflict (id) do update
        set first_name = excluded.first_name, price = excluded.price`,
      values: [id, 'name', 1.5],
    });
    times.push(performance.now() - begun);
  }
  console.log(`one prepared upsert: p50 ${median(times).toFixed(1)} ms`);
}

if (only.includes('one')) {
  await plainUpserts();
  await oneSender({ BACKSTITCH_LOAD_WAIT_MILLISECONDS: '0' }, 'one sender that waits, no wait for company');
  await oneSender({}, 'one sender that waits, by default');
}
if (only.includes('many')) await manySenders();
await client.end();
