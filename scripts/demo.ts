import { once } from 'node:events';
import process from 'node:process';
import { styleText } from 'node:util';
import { drawTable } from './demo/draw-table.ts';
import { batches } from './demo/orders.ts';
import { scenes } from './demo/scenes.ts';
import { openShop, type Shop } from './demo/shop.ts';

/**
 * The quickest way to see what this is: starts a server and a throw-away PostgreSQL, sends records, shows the tables.
 * With --keep both stay up until Ctrl-C. Nothing is left behind.
 */
const isKept = process.argv.includes('--keep');
const interrupted = Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));

console.log('\nStarting a Backstitch server and a throw-away PostgreSQL …');
await using shop = await openShop();
const shown = sendAll(shop).then(() => show(shop));
await Promise.race([shown, interrupted]);
if (isKept) {
  console.log(waysOn(shop));
  await interrupted;
}
process.exitCode = 0;

async function sendAll({ send, loaded }: Shop): Promise<void> {
  const started = performance.now();
  for (const batch of batches) {
    await send(batch);
    // Each in a load of its own, as if hours lay between them.
    await loaded();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const records = batches.reduce((sum, { messages }) => sum + messages.length, 0);
  console.log(
    `Sent ${records} orders in ${batches.length} batches over the Import API, loaded after ${seconds} s.`,
  );
}

async function show({ postgres }: Shop): Promise<void> {
  for (const { table, query, remarks } of scenes) {
    console.log(`\n${styleText('bold', table)}`);
    console.log(drawTable(await postgres.query(query)));
    for (const remark of remarks) console.log(`  ${styleText('green', '•')} ${remark}`);
  }
  console.log();
}

function waysOn({ address, postgres, token, importToken }: Shop): string {
  const order = {
    table_name: 'orders',
    key_names: ['id'],
    schema: { properties: { id: { type: 'integer' }, status: { type: 'string' } } },
    messages: [{ action: 'upsert', sequence: 4000, data: { id: 4, status: 'open' } }],
  };
  return `Both stay up until Ctrl-C. Send an order, and look at it:

curl -sS ${address}/v2/import/batch -H "Authorization: Bearer ${importToken}" -H "Content-Type: application/json" -d '${JSON.stringify(order)}'
psql ${postgres.url()} -c 'select * from shop.orders'

The token of the account, for ${address}/docs: ${token}
`;
}
