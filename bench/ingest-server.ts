import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../test/support/embedded-postgres.ts';
import { type ChildServer, startChildServer } from './child-server.ts';

/** The built server with two accounts that send records. Nothing is loaded anywhere: they have no destinations. */
export interface IngestServer extends AsyncDisposable {
  readonly server: ChildServer;
  readonly senders: readonly [RecordSender, RecordSender];
  /** A destination of a third account, and what reads it. */
  readonly destination: { readonly path: string; readonly headers: Readonly<Record<string, string>> };
}

export interface RecordSender {
  /** The only one that its push records may name. */
  readonly clientId: number;
  /** Of the Import API. */
  readonly headers: Readonly<Record<string, string>>;
}

export async function startIngestServer(env: Readonly<Record<string, string>> = {}): Promise<IngestServer> {
  await using opening = new AsyncDisposableStack();
  const data = mkdtempSync(path.join(tmpdir(), 'backstitch-bench-'));
  opening.defer(() => rmSync(data, { recursive: true, force: true }));
  const [port, token] = [await freePort(), `ac_${randomBytes(32).toString('base64url')}`];
  const settings = {
    BACKSTITCH_DATA: data,
    BACKSTITCH_PORT: String(port),
    BACKSTITCH_LOG_LEVEL: 'warn',
    ...env,
  };
  const server = opening.use(
    await startChildServer({
      program: ['dist/main.js', 'serve'],
      port,
      env: { ...settings, BACKSTITCH_TOKEN: token },
      path: '/health',
    }),
  );
  const ask = async (as: string, way: string, body: object = {}) => {
    const answer = await fetch(server.url + way, {
      method: 'POST',
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`POST ${way}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id: number; access_token: string };
  };
  const addSender = async (clientId: number): Promise<RecordSender> => {
    const names = ['--company', `Sender ${clientId}`, '--email', `${clientId}@example.com`];
    const command = ['dist/main.js', 'accounts', 'create', ...names, '--id', String(clientId), '--quiet'];
    const access = execFileSync(process.execPath, command, {
      env: { ...process.env, BACKSTITCH_DATA: data },
    });
    const as = access.toString().trim();
    const { id } = await ask(as, '/v4/sources', { type: 'import_api', display_name: 'Records' });
    const { access_token } = await ask(as, `/v4/sources/${id}/tokens`);
    return {
      clientId,
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    };
  };
  // Nobody listens there: it is only read.
  const connection = {
    host: '127.0.0.1',
    port: 9,
    username: 'nobody',
    database: 'none',
    password: 'x',
    ssl: false,
  };
  const { id } = await ask(token, '/v3/destinations', { type: 'postgres', connection });
  const senders = [await addSender(5001), await addSender(5002)] as const;
  const opened = opening.move();
  return {
    server,
    senders,
    destination: { path: `/v4/destinations/${id}`, headers: { authorization: `Bearer ${token}` } },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
