import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, type TestPostgres } from '../test/support/embedded-postgres.ts';
import { type ChildServer, startChildServer } from './child-server.ts';
import { createTestDestinations } from './destinations.ts';

/** The built server in a process of its own, with a source that is mapped to a real PostgreSQL. */
export interface ImportServer extends AsyncDisposable {
  readonly server: ChildServer;
  /** For the Connect API. */
  readonly authorization: string;
  /** For the Import API. */
  readonly importToken: string;
  /** The schema that its records go into. */
  readonly schema: string;
  /** Sends bodies of `POST /v2/import/batch`, so many at a time, in their order. Throws unless each is accepted. */
  sendAll(bodies: Iterable<Buffer>, connections: number): Promise<void>;
}

export async function startImportServer(
  postgres: TestPostgres,
  env: Readonly<Record<string, string>> = {},
  program: readonly string[] = ['dist/main.js', 'serve'],
): Promise<ImportServer> {
  await using opening = new AsyncDisposableStack();
  const data = mkdtempSync(path.join(tmpdir(), 'backstitch-bench-'));
  opening.defer(() => rmSync(data, { recursive: true, force: true }));
  const token = `ac_${randomBytes(32).toString('base64url')}`;
  const authorization = `Bearer ${token}`;
  const port = await freePort();
  const server = opening.use(
    await startChildServer({
      program,
      port,
      env: {
        BACKSTITCH_DATA: data,
        BACKSTITCH_PORT: String(port),
        BACKSTITCH_TOKEN: token,
        BACKSTITCH_LOG_LEVEL: 'warn',
        // As scripts/launch.mjs and deploy/backstitch start it.
        MALLOC_ARENA_MAX: '2',
        MALLOC_MMAP_THRESHOLD_: '262144',
        ...env,
      },
      path: '/health',
    }),
  );
  await createTestDestinations({ server, authorization, postgres, count: 1 });
  const schema = `bench_${randomBytes(4).toString('hex')}`;
  const ask = async (way: string, body?: object) => {
    const answer = await fetch(server.url + way, {
      method: 'POST',
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`POST ${way}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id: number; access_token: string };
  };
  const { id } = await ask('/v4/sources', { type: 'import_api', display_name: schema });
  const { access_token: importToken } = await ask(`/v4/sources/${id}/tokens`);
  const agent = new Agent({ keepAlive: true });
  opening.defer(() => agent.destroy());
  const opened = opening.move();

  const headers = { authorization: `Bearer ${importToken}`, 'content-type': 'application/json' };
  const send = (body: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${server.url}/v2/import/batch`,
        { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (piece: string) => {
            text += piece;
          });
          answer.once('end', () => {
            if (answer.statusCode === 201) resolve();
            else reject(new Error(`POST /v2/import/batch: ${answer.statusCode} ${text}`));
          });
        },
      );
      sent.once('error', reject).end(body);
    });

  return {
    server,
    authorization,
    importToken,
    schema,
    async sendAll(bodies, connections) {
      const queue = bodies[Symbol.iterator]();
      const sendNext = async () => {
        for (let next = queue.next(); !next.done; next = queue.next()) await send(next.value);
      };
      await Promise.all(Array.from({ length: connections }, sendNext));
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
