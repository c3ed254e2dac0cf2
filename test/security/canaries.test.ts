import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/lib/json.ts';
import { canaryOf, filesIn, leaksOf, outputOf, type Place, processArguments } from '../support/canary.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startEchoServer } from '../support/echo-server.ts';
import { until } from '../support/embedded-postgres.ts';
import { connection, type V3Destination } from '../support/http-destinations.ts';
import { type RawAnswer, type RawRequest, sendRequest } from '../support/http-request.ts';
import { startProgram, startServer } from '../support/program.ts';

/** What is no secret; that it is found shows that the search finds. */
const marker = `marker-${randomBytes(8).toString('hex')}`;

async function rowsOf(database: TestDatabase): Promise<Place[]> {
  const tables = await database.admin(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const places: Place[] = [];
  for (const { name } of tables) {
    const rows = await database.admin(`select row::text as text from ${name} as row`);
    places.push({ where: `table ${name}`, content: rows.map(({ text }) => text).join('\n') });
  }
  return places;
}

/** A PostgreSQL that repeats in its error what nobody should know. */
const startTattler = (secret: string) =>
  startEchoServer({
    answer(socket) {
      const text = Buffer.from(`SFATAL\0CXX000\0Mthe password ${secret} is wrong\0\0`);
      const head = Buffer.from('E\0\0\0\0');
      head.writeInt32BE(text.length + 4, 1);
      socket.once('data', () => socket.end(Buffer.concat([head, text])));
    },
  });

/** A secret of every kind goes through everything that can fail, and is then looked for everywhere (X8, X9). */
test.each(['sqlite', 'postgres'] as const)(
  'a secret of any kind stays inside whatever fails, on %s',
  { timeout: 90_000 },
  async (engine) => {
    await using database = await createTestDatabase();
    await using storeDatabase = await createTestDatabase();
    const secrets = {
      token: canaryOf('token'),
      partner: canaryOf('partner'),
      metrics: canaryOf('metrics'),
      v3: canaryOf('v3'),
      v4: canaryOf('v4'),
      guess: canaryOf('guess'),
      hook: canaryOf('hook'),
    };
    await using tattler = await startTattler(secrets.v3);
    const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-canaries-'));
    const data = path.join(folder, 'data');
    const masterKey = randomBytes(32).toString('hex');
    const environment = {
      BACKSTITCH_DATA: data,
      BACKSTITCH_TOKEN: secrets.token,
      BACKSTITCH_CLIENT_ID: '7',
      BACKSTITCH_PARTNER_ID: 'partner',
      BACKSTITCH_PARTNER_SECRET: secrets.partner,
      BACKSTITCH_METRICS_TOKEN: secrets.metrics,
      BACKSTITCH_MASTER_KEY: masterKey,
      BACKSTITCH_LOG_LEVEL: 'debug',
      ...(engine === 'postgres' && { BACKSTITCH_STORE: storeDatabase.url }),
    };
    const places: Place[] = [];
    try {
      let server = await startServer(environment);
      const answers: string[] = [];
      const ask = async (method: string, target: string, request: RawRequest = {}): Promise<RawAnswer> => {
        const headers = {
          authorization: `Bearer ${secrets.token}`,
          ...(request.body !== undefined && { 'content-type': 'application/json' }),
          ...request.headers,
        };
        const answer = await sendRequest(server.address, method, target, { ...request, headers });
        answers.push(answer.text, answer.rawHeaders.join('\n'));
        return answer;
      };
      const settings = (changes: JsonObject = {}) =>
        connection({
          host: database.host,
          port: database.port,
          username: database.user,
          database: marker,
          password: secrets.v3,
          ...changes,
        });
      const v3 = (changes: JsonObject = {}) => ({ type: 'postgres', connection: settings(changes) });
      const v4 = (changes: JsonObject = {}) => ({
        properties: settings({ password: secrets.v4, ...changes }),
      });
      const wait = { prefer: 'wait=20' };
      const strict = { prefer: 'handling=strict' };
      const ssh = {
        encryption_type: 'ssh',
        encryption_host: '127.0.0.1',
        encryption_port: 1,
        encryption_username: 'x',
      };

      const made = await ask('POST', '/v3/destinations', { headers: wait, body: v3() });
      expect(made.json()).toMatchObject({ last_check: { error: true } });
      const { id } = made.json<V3Destination>();
      const one3 = `/v3/destinations/${id}`;
      const one4 = `/v4/destinations/${id}`;
      const hooks = '/notifications/public/v1/api/hooks';
      const hook = (url: string) => ({
        type: 'check_failed',
        destination_id: id,
        config: { url, secret: secrets.hook },
      });
      // Nobody listens there: the message about the failed checks below stays in the store.
      const listener = await ask('POST', hooks, { body: hook('http://127.0.0.1:1/') });
      expect(listener.json()).toMatchObject({ config: { signed: true } });
      const form = {
        partner_id: 'partner',
        partner_secret: secrets.partner,
        first_name: 'A',
        last_name: 'B',
        company: 'C',
      };
      const failing: readonly [method: string, target: string, request?: RawRequest][] = [
        ['PUT', one3, { headers: wait, body: v3({ port: 1 }) }],
        ['PUT', one3, { headers: strict, body: v3() }],
        ['PUT', one3, { headers: wait, body: v3({ host: '127.0.0.1', port: tattler.port }) }],
        ['PUT', one3, { headers: strict, body: v3({ ssl: true }) }],
        ['PUT', one3, { body: v3({ sslrootcert: secrets.v3, ssl: true }) }],
        ['PUT', one3, { body: v3({ port: secrets.v3 }) }],
        ['PUT', one3, { body: v3({ [secrets.v3.replaceAll('-', '_')]: secrets.v3 }) }],
        ['PUT', one3, { body: v3({ password: { nested: secrets.v3 } }) }],
        ['PUT', one3, { body: v3({ password: `${secrets.v3}\0` }) }],
        ['PUT', one3, { body: { ...v3(), password: secrets.v3 } }],
        ['PUT', one3, { body: JSON.stringify(v3()).slice(0, -1) }],
        ['PUT', one3, { body: `${JSON.stringify(v3())}${secrets.v3}` }],
        ['PUT', one3, { headers: { 'content-type': 'text/plain' }, body: v3() }],
        ['PUT', one3, { headers: { 'if-match': '"99"' }, body: v3() }],
        ['PUT', one4, { headers: wait, body: v4({ host: 'no-such-host.invalid' }) }],
        ['PUT', one4, { headers: strict, body: v4({ ...ssh, password: secrets.v4 }) }],
        ['PUT', one4, { headers: strict, body: v4({ host: '169.254.169.254' }) }],
        ['POST', '/v4/destination-types/postgres/check', { body: v4() }],
        [
          'POST',
          '/v4/destinations',
          { headers: { 'idempotency-key': 'k' }, body: { type: 'postgres', ...v4() } },
        ],
        [
          'POST',
          '/v4/destinations',
          { headers: { 'idempotency-key': 'k' }, body: { type: 'postgres', ...v4({ port: 1 }) } },
        ],
        ['POST', `${one4}/check`, { headers: wait }],
        ['POST', hooks, { body: hook('ftp://127.0.0.1/') }],
        ['POST', hooks, { body: hook(`https://me:${secrets.hook}@example.com/`) }],
        ['POST', hooks, { body: { ...hook('https://example.com/'), secret: secrets.hook } }],
        ['POST', '/v3/accounts', { body: { ...form, email: 'none' } }],
        [
          'POST',
          '/v3/accounts',
          { body: { ...form, partner_secret: secrets.guess, email: 'a@example.com' } },
        ],
        [
          'GET',
          '/v4/partner/accounts',
          { headers: { authorization: `Basic ${btoa(`partner:${secrets.guess}`)}` } },
        ],
        ['GET', '/v4/account', { headers: { authorization: `Bearer ${secrets.guess}` } }],
        ['GET', '/metrics', { headers: { authorization: `Bearer ${secrets.guess}` } }],
        ['GET', `/v4/destinations?access_token=${secrets.guess}`],
        ['GET', `/v4/destinations/${secrets.guess}`],
        ['GET', `/${secrets.guess}?${secrets.guess}`],
      ];
      for (const [method, target, request] of failing) await ask(method, target, request);
      for (const target of ['/checks', '/history', '/last-connection-check'])
        await ask('GET', `${one4}${target}`);
      for (const target of [
        '/v3/destinations',
        '/v4/destinations',
        '/v4/account',
        hooks,
        `${hooks}/${listener.json<{ id: number }>().id}/deliveries`,
        '/health',
        '/openapi.json',
      ])
        await ask('GET', target);
      await ask('GET', '/metrics', { headers: { authorization: `Bearer ${secrets.metrics}` } });
      const another = await sendRequest(server.address, 'POST', '/v3/accounts', {
        headers: { 'content-type': 'application/json' },
        body: { ...form, email: 'b@example.com' },
      });
      const { access_token: minted } = another.json<{ access_token: string }>();
      places.push({ where: 'arguments of the server', content: processArguments(server) });

      const account = ['--account', '7'];
      const commands = [
        ['doctor'],
        ['config'],
        ['accounts', 'list', '--json'],
        ['destinations', 'show', String(id), ...account, '--json'],
        ['destinations', 'check', String(id), ...account],
        ['destinations', 'create', ...account, '--type', 'postgres', `password=${secrets.v3}`],
      ];
      const runCommand = async (command: readonly string[]) => {
        await using run = startProgram(command, environment);
        const args = processArguments(run);
        await run.ended;
        places.push({ where: `output of ${command[0]} ${command[1]}`, content: outputOf(run) });
        // What a person types where it does not belong is refused, but stands there while the command runs.
        if (command.includes('create')) expect(run.errors.join()).toContain('password');
        else places.push({ where: `arguments of ${command[0]}`, content: args });
      };
      await Promise.all(commands.map(runCommand));

      // In the middle of a check of credentials that hang, and found again by the next process.
      await using silent = await startEchoServer({ answer: () => {} });
      await ask('PUT', one3, { body: v3({ port: silent.port }) });
      await until(() => expect(silent.connections).toBeGreaterThan(0));
      places.push({ where: 'log of the first server', content: outputOf(server) });
      server.signal('SIGKILL');
      await server.ended;
      if (engine === 'sqlite') places.push(...filesIn(data));
      server = await startServer(environment);
      await ask('PUT', one3, { headers: wait, body: v3() });
      if (engine === 'sqlite') places.push(...filesIn(data));
      else places.push(...(await rowsOf(storeDatabase)));
      server.signal('SIGTERM');
      expect(await server.ended).toBe(0);
      places.push({ where: 'log of the second server', content: outputOf(server) });
      if (engine === 'sqlite') places.push(...filesIn(data));
      places.push(...answers.map((content) => ({ where: 'an answer', content })));

      const store = engine === 'sqlite' ? /\.sqlite/ : /^table/;
      for (const kind of [store, /an answer/, /output of destinations/])
        expect(places.some(({ where, content }) => kind.test(where) && content.includes(marker))).toBe(true);
      const hidden = { ...secrets, minted, masterKey, store: storeDatabase.password };
      expect(leaksOf(hidden, places)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
