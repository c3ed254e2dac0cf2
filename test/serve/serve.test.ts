import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCertificate } from '../support/certificates.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type RunningProgram, startProgram, startServer } from '../support/program.ts';

let home: string;
let data: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'backstitch-serve-'));
  data = path.join(home, 'data');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const serve = async (env: Record<string, string> = {}) =>
  await startServer({ BACKSTITCH_DATA: data, ...env });

/** Starts a server that is expected to refuse, and returns how. */
async function refusal(env: Record<string, string>) {
  await using program = startProgram(['serve'], { BACKSTITCH_DATA: data, BACKSTITCH_PORT: '0', ...env });
  const code = await program.ended;
  return { code, text: program.errors.join('\n') };
}

/** A call as an API client makes it. */
async function call(server: RunningProgram, token: string, request: string, body?: unknown) {
  const [method = 'GET', route] = request.split(' ');
  const answer = await fetch(`${server.address}${route}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', prefer: 'wait=20' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const connection = ({ host, port, user, password, database }: TestDatabase) => ({
  type: 'postgres',
  connection: { host, port, username: user, database, password, ssl: false },
});

describe('the first start', () => {
  test('prints a call that works when it is pasted into a shell', async () => {
    await using server = await serve();
    const line = server.printed.find((text) => text.trim().startsWith('curl ')) ?? '';
    const { stdout } = await promisify(execFile)('sh', ['-c', `${line} --silent --fail`]);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'postgres' });
  });

  test('makes folder, key and store for their owner alone, and writes the token to no log', async () => {
    await using server = await serve();
    expect(statSync(data).mode & 0o777).toBe(0o700);
    for (const file of ['master.key', 'backstitch.sqlite'])
      expect(statSync(path.join(data, file)).mode & 0o777).toBe(0o600);
    const [token = ''] = server.printed.join('\n').match(/ac_[\w-]{40,}/) ?? [];
    expect(token).not.toBe('');
    expect(JSON.stringify(server.log)).not.toContain(token);
  });

  test('makes the account with the configured id and token, and prints no token', async () => {
    const env = { BACKSTITCH_TOKEN: 'a-token-for-tests', BACKSTITCH_CLIENT_ID: '116078' };
    await using server = await serve(env);
    expect(server.printed).toEqual([]);
    const { body } = await call(server, env.BACKSTITCH_TOKEN, 'POST /v4/destinations', {
      type: 'postgres',
      properties: { host: 'localhost', port: 1, username: 'u', database: 'd', password: 'p', ssl: false },
    });
    expect(body).toMatchObject({ stitch_client_id: 116078 });
  });
});

describe('the next start', () => {
  test('finds everything that was acknowledged before kill -9', async () => {
    await using database = await createTestDatabase();
    const token = 'a-token-for-tests';
    await using first = await serve({ BACKSTITCH_TOKEN: token });
    const made = await call(first, token, 'POST /v3/destinations', connection(database));
    expect(made).toMatchObject({ status: 200, body: { last_check: { error: false } } });
    first.signal('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');

    await using second = await serve({ BACKSTITCH_TOKEN: token });
    const list = await call(second, token, 'GET /v3/destinations');
    expect(list).toMatchObject({ status: 200, body: [made.body] });
    // The stored password still opens.
    const updated = await call(second, token, `PUT /v3/destinations/${made.body.id}`, {
      type: 'postgres',
      connection: { ...connection(database).connection, password: '**********' },
    });
    expect(updated).toMatchObject({ status: 200, body: { last_check: { error: false } } });
  });

  test('prints no token again', async () => {
    await using first = await serve();
    expect(first.printed.join()).toContain('ac_');
    first.signal('SIGTERM');
    await first.ended;
    await using second = await serve();
    expect(second.printed).toEqual([]);
  });

  test('takes a configured token that its account has already, and adds one that nobody has', async () => {
    for (const token of ['a-token-for-tests', 'a-token-for-tests', 'another-token-for-tests']) {
      await using server = await serve({ BACKSTITCH_TOKEN: token });
      expect(await call(server, token, 'GET /v3/destinations')).toEqual({ status: 200, body: [] });
    }
  });

  test('refuses a token that belongs to another account', async () => {
    const token = { BACKSTITCH_TOKEN: 'a-token-for-tests' };
    await using server = await serve({ ...token, BACKSTITCH_CLIENT_ID: '5' });
    server.signal('SIGTERM');
    await server.ended;
    const { code, text } = await refusal({ ...token, BACKSTITCH_CLIENT_ID: '6' });
    expect(code).not.toBe(0);
    expect(text).toContain('is a token of account 5 already');
  });
});

test('a limit of the configuration holds for every account without a quota of its own', async () => {
  const token = 'a-token-for-tests';
  await using server = await serve({ BACKSTITCH_TOKEN: token, BACKSTITCH_DESTINATION_LIMIT: '1' });
  const connection = { host: '127.0.0.1', port: 1, username: 'u', database: 'd', password: 'p', ssl: false };
  const make = async () =>
    await call(server, token, 'POST /v3/destinations', { type: 'postgres', connection });
  expect((await make()).status).toBe(200);
  expect(await make()).toEqual({ status: 400, body: 'you are at your destination limit' });
});

test('servers that start at once on one PostgreSQL make one account, and share what is in it', async () => {
  await using database = await createTestDatabase();
  const masterKey = randomBytes(32).toString('hex');
  const env = { BACKSTITCH_STORE: database.url, BACKSTITCH_MASTER_KEY: masterKey };
  await using stack = new AsyncDisposableStack();
  const servers = await Promise.all(
    ['one', 'other'].map(async (folder) =>
      stack.use(await serve({ ...env, BACKSTITCH_DATA: path.join(home, folder) })),
    ),
  );
  const printed = servers.flatMap((server) => server.printed).join('\n');
  const tokens = new Set(printed.match(/ac_[\w-]{40,}/g));
  expect(tokens.size).toBe(1);
  for (const server of servers) {
    expect(await call(server, [...tokens][0] ?? '', 'GET /v3/destinations')).toEqual({
      status: 200,
      body: [],
    });
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
  }
});

describe('a server refuses to start', () => {
  test('with a wrong master key, and says which key it wants', async () => {
    await using server = await serve();
    server.signal('SIGTERM');
    await server.ended;
    const kept = readFileSync(path.join(data, 'master.key'));
    writeFileSync(path.join(data, 'master.key'), randomBytes(32).toString('hex'));
    expect(await refusal({})).toMatchObject({
      code: 4,
      text: expect.stringContaining('is not the master key'),
    });
    rmSync(path.join(data, 'master.key'));
    expect(await refusal({})).toMatchObject({ code: 4, text: expect.stringContaining('master.key') });
    writeFileSync(path.join(data, 'master.key'), kept, { mode: 0o600 });
    await using again = await serve();
    expect(again.printed).toEqual([]);
  });

  test('on a folder that another one uses, and names its process', async () => {
    await using first = await serve();
    const { code, text } = await refusal({});
    expect(code).toBe(1);
    expect(text).toContain(`Process ${first.pid}`);
  });

  test('on a port that is taken, in a folder that cannot be made, with a certificate that is not there', async () => {
    await using first = await serve();
    const port = new URL(first.address).port;
    const other = path.join(home, 'other');
    expect((await refusal({ BACKSTITCH_DATA: other, BACKSTITCH_PORT: port })).text).toContain(
      'another program listens there',
    );
    // Nobody has seen a token of that folder yet: the next start makes one.
    await using second = await serve({ BACKSTITCH_DATA: other });
    expect(second.printed.join()).toContain('ac_');
    writeFileSync(path.join(home, 'file'), '');
    expect((await refusal({ BACKSTITCH_DATA: path.join(home, 'file', 'data') })).text).toContain(
      'cannot be made',
    );
    const pem = path.join(home, 'none.pem');
    expect((await refusal({ BACKSTITCH_TLS_CERT: pem, BACKSTITCH_TLS_KEY: pem })).text).toContain(pem);
  });

  test('on PostgreSQL without a master key', async () => {
    const { code, text } = await refusal({ BACKSTITCH_STORE: 'postgres://u:canary@127.0.0.1:1/none' });
    expect(code).toBe(4);
    expect(text).toContain('BACKSTITCH_MASTER_KEY');
    expect(text).not.toContain('canary');
  });
});

describe('SIGTERM', () => {
  test('answers the request that is under way, hands its check back, and exits with 0', async () => {
    const token = 'a-token-for-tests';
    await using server = await serve({ BACKSTITCH_TOKEN: token });
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const waiting = call(server, token, 'POST /v3/destinations', {
      type: 'postgres',
      connection: { host: '127.0.0.1', port, username: 'u', database: 'd', password: 'p', ssl: false },
    });
    // The check has begun: it waits for a database that says nothing.
    const [connected] = await once(silent, 'connection');
    server.signal('SIGTERM');
    expect(await waiting).toMatchObject({ status: 200, body: { type: 'postgres' } });
    expect(await server.ended).toBe(0);
    connected.destroy();

    await using next = await serve();
    await once(silent, 'connection');
    silent.close();
    expect(next.log.map(({ level }) => level)).not.toContain('error');
  });

  test('twice ends the process at once', async () => {
    await using server = await serve();
    server.signal('SIGTERM');
    server.signal('SIGTERM');
    expect([0, 143]).toContain(await server.ended);
  });
});

test('a certificate makes it serve HTTPS', async () => {
  const { cert, key } = createCertificate({ names: ['127.0.0.1'] });
  const files = {
    BACKSTITCH_TLS_CERT: path.join(home, 'cert.pem'),
    BACKSTITCH_TLS_KEY: path.join(home, 'key.pem'),
  };
  writeFileSync(files.BACKSTITCH_TLS_CERT, cert);
  writeFileSync(files.BACKSTITCH_TLS_KEY, key);
  await using server = await serve(files);
  expect(server.address).toMatch(/^https:/);
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    get(`${server.address}/health`, { ca: cert }, (response) => resolve(response.resume().statusCode)).on(
      'error',
      reject,
    );
  });
  expect(answer).toBe(200);
});
