import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres, type TestPostgres, until } from '../../test/support/embedded-postgres.ts';
import { startServer } from '../../test/support/program.ts';
import type { Batch } from './orders.ts';

/** A server with a source that leads into a throw-away PostgreSQL. All of it goes away with it. */
export interface Shop extends AsyncDisposable {
  readonly address: string;
  readonly postgres: TestPostgres;
  /** Of the account. */
  readonly token: string;
  /** Of the source. */
  readonly importToken: string;
  send(batch: Batch): Promise<void>;
  /** Resolves when everything that was sent is loaded. */
  loaded(): Promise<void>;
}

export async function openShop(): Promise<Shop> {
  await using opening = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-demo-'));
  opening.defer(() => rmSync(folder, { recursive: true, force: true }));
  const token = `ac_${randomBytes(24).toString('hex')}`;
  const [server, postgres] = await Promise.all([
    startServer({ BACKSTITCH_DATA: path.join(folder, 'data'), BACKSTITCH_TOKEN: token }),
    startPostgres(),
  ]);
  opening.use(postgres);
  opening.use(server);

  const ask = async (method: string, route: string, body?: object, as = token): Promise<unknown> => {
    const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/json', prefer: 'wait=20' };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const answer = await fetch(`${server.address}${route}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${route} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  };

  const { host, port, user, password } = postgres;
  const connection = { host, port, username: user, password, database: 'postgres', ssl: false };
  await ask('POST', '/v3/destinations', { type: 'postgres', connection });
  const source = { type: 'import_api', display_name: 'Shop', properties: { on_invalid: 'reject' } };
  const { id } = (await ask('POST', '/v4/sources', source)) as { id: number };
  const issued = (await ask('POST', `/v4/sources/${id}/tokens`)) as { access_token: string };
  const opened = opening.move();

  return {
    address: server.address,
    postgres,
    token,
    importToken: issued.access_token,
    async send(batch) {
      await ask('POST', '/v2/import/batch', batch, issued.access_token);
    },
    async loaded() {
      await until(async () => {
        const batches = (await ask('GET', `/v4/sources/${id}/batches`)) as {
          state: string;
          error?: string;
        }[];
        const waiting = batches.find(({ state }) => state !== 'loaded');
        if (waiting) throw new Error(`a batch is not loaded: ${JSON.stringify(waiting)}`);
      }, 30_000);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
