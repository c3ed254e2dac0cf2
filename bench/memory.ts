import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../test/support/embedded-postgres.ts';
import { flatRecords } from './flat-records.ts';
import { startImportServer } from './import-server.ts';
import { bodyOf, flatWorkload, nanoseconds } from './workloads.ts';

/** What the built server holds in memory at most while records come in bodies of about 1 MB, and are loaded. */
const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, connections: { type: 'string', default: '4' } },
});
const rows = Number(options.rows);
const bodyRows = 2_600;

/** Made when they are sent, so that this process stays small. */
function* bodies(): Generator<Buffer> {
  for (let from = 0; from < rows; from += bodyRows) {
    const part = flatWorkload(flatRecords(Math.min(bodyRows, rows - from), from), nanoseconds + BigInt(from));
    const messages = part.texts.map((text) => text.slice(1, -1)).join(',');
    yield bodyOf('flat', part, `[${messages}]`);
    if (Math.floor((from + bodyRows) / 100_000) > Math.floor(from / 100_000)) report(from + bodyRows);
  }
}

function report(sent: number): void {
  const { server } = imports;
  console.log(
    `${String(sent).padStart(9)} rows sent: ${server.residentMegabytes().toFixed(0)} MB, at most ${server.peakMegabytes().toFixed(0)} MB`,
  );
}

await using postgres = await startPostgres();
await using imports = await startImportServer(postgres);
report(0);
const client = new pg.Client({ connectionString: postgres.url() });
await client.connect();
await imports.sendAll(bodies(), Number(options.connections));
const table = `${imports.schema}.flat`;
const loaded = async () => (await client.query(`select count(*)::int as n from ${table}`)).rows[0].n;
while ((await loaded()) < rows) await pause(200);
report(rows);
await client.end();
