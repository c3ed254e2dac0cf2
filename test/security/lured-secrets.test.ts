import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/lib/json.ts';
import { createCertificate } from '../support/certificates.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import type { Demand } from '../support/harvester.ts';
import { startHarvester } from '../support/harvester.ts';
import type { V3Destination } from '../support/http-destinations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Where a stored password may go, seen by who listens there (fault X23). */
const policies = ['public', 'private'] as const;
const mask = '**********';
const wait = { prefer: 'wait=20' };
const strict = { prefer: 'handling=strict' };

let database: TestDatabase;
let servers: Record<(typeof policies)[number], TestServer>;
beforeAll(async () => {
  database = await createTestDatabase();
  const [open, closed] = await Promise.all([
    startTestServer({ policy: 'public', allow: ['127.0.0.1', '::1'] }),
    startTestServer({ policy: 'private' }),
  ]);
  servers = { public: open, private: closed };
});
afterAll(async () => {
  for (const server of Object.values(servers ?? {})) await server[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const connection = (changes: JsonObject = {}): JsonObject => ({
  host: database.host,
  port: database.port,
  username: database.user,
  database: database.database,
  password: database.password,
  ssl: false,
  ...changes,
});
const put = async (server: TestServer, path: string, body: unknown, headers: Record<string, string> = wait) =>
  await server.request('PUT', path, { headers, body });

async function create(server: TestServer, changes: JsonObject = {}): Promise<V3Destination> {
  const body = { type: 'postgres', connection: connection(changes) };
  const answer = await server.request('POST', '/v3/destinations', { headers: wait, body });
  expect(answer.status, answer.text).toBe(200);
  return answer.json();
}

const notesOf = async (server: TestServer, id: number): Promise<readonly string[]> =>
  (await server.request('GET', `/v4/destinations/${id}/history`)).json<{ notes: string[] }[]>()[0]?.notes ??
  [];

/** Every request that could move a destination without naming its password. */
const lures = (id: number, to: JsonObject): [string, unknown][] => {
  const { password: _, ...rest } = connection(to);
  return [
    [`/v3/destinations/${id}`, { type: 'postgres', connection: rest }],
    [`/v3/destinations/${id}`, { type: 'postgres', connection: { ...rest, password: mask } }],
    [`/v4/destinations/${id}`, { properties: to }],
    [`/v4/destinations/${id}`, { properties: { ...to, password: mask } }],
  ];
};

describe('where several tenants share a server (public)', () => {
  test('no update without the password makes a connection to the new place', async () => {
    const server = servers.public;
    await using harvester = await startHarvester('clear text');
    const { id } = await create(server);
    const tunnel = { encryption_type: 'ssh', encryption_username: 'x' };
    const places: JsonObject[] = [
      { port: harvester.port },
      { host: 'localhost', port: harvester.port },
      { ...tunnel, encryption_host: '127.0.0.1', encryption_port: harvester.port },
    ];
    for (const place of places)
      for (const [path, body] of lures(id, place))
        for (const headers of [wait, strict]) {
          const answer = await put(server, path, body, headers);
          expect(answer.status, answer.text).toBe(400);
          expect(answer.json()).toMatchObject({
            error: 'InvalidProperties',
            data: { bad_properties: ['password'] },
          });
        }
    const check = await server.request('POST', `/v4/destinations/${id}/check`, { headers: wait });
    expect(check.json()).toMatchObject({ status: 'succeeded' });
    expect(harvester.connections).toBe(0);

    const own = await put(server, `/v4/destinations/${id}`, {
      properties: { port: harvester.port, password: 'another-one' },
    });
    expect(own.status).toBe(200);
    expect(harvester.connections).toBeGreaterThan(0);
    expect(harvester.received.includes(database.password)).toBe(false);
  });

  test('TLS cannot be taken away from under a stored password', async () => {
    const server = servers.public;
    await using harvester = await startHarvester('clear text');
    const tls = { port: harvester.port, ssl: true, sslrootcert: createCertificate({ ca: true }).cert };
    const { id } = await create(server, tls);
    for (const weaker of [{ ssl: false }, { sslrootcert: null }])
      for (const headers of [wait, strict])
        expect((await put(server, `/v4/destinations/${id}`, { properties: weaker }, headers)).status).toBe(
          400,
        );
    // The server has asked for TLS, was refused it, and has said nothing else: eight bytes each time.
    expect(harvester.received.length).toBe(8 * harvester.connections);
  });

  test('a check without saving knows no stored password', async () => {
    const server = servers.public;
    await using harvester = await startHarvester('clear text');
    await create(server);
    const { password: _, ...rest } = connection({ port: harvester.port });
    for (const properties of [rest, { ...rest, password: mask }]) {
      const body = { properties };
      const answer = await server.request('POST', '/v4/destination-types/postgres/check', { body });
      expect(answer.json()).toMatchObject({ data: { bad_properties: ['password'] } });
    }
    expect(harvester.connections).toBe(0);
  });
});

describe('where one owner runs a server (private)', () => {
  test.each<[Demand, RegExp]>([
    ['clear text', /\0$/],
    ['md5', /md5[\da-f]{32}\0$/],
    ['scram', /,p=[\w+/=]+$/],
  ])(
    'a move is allowed and noted; who asks for the password in %s does not get it itself',
    async (demand, ending) => {
      const server = servers.private;
      await using harvester = await startHarvester(demand);
      const { id } = await create(server);
      const answer = await put(server, `/v4/destinations/${id}`, { properties: { port: harvester.port } });
      expect(answer.status).toBe(200);
      expect(await notesOf(server, id)).toEqual([
        'The stored password was kept while port changed, so it is now used at another place.',
      ]);
      expect(harvester.received.includes(database.user)).toBe(true);
      expect(harvester.received.toString('latin1')).toMatch(ending);
      for (const form of ['utf8', 'base64', 'hex'] as const)
        expect(harvester.received.includes(Buffer.from(database.password).toString(form))).toBe(false);
    },
  );
});

test.each(policies)('what was read and is written back as it was still signs in (%s)', async (policy) => {
  const server = servers[policy];
  const { id } = await create(server);
  const read = (await server.request('GET', `/v3/destinations/${id}`)).json<V3Destination>();
  expect(read.connection.password).toBe(mask);
  const { type, connection: settings } = read;
  for (const headers of [wait, strict]) {
    const answer = await put(server, `/v3/destinations/${id}`, { type, connection: settings }, headers);
    expect(answer.json()).toMatchObject({ last_check: { error: false } });
  }
  expect((await notesOf(server, id)).length).toBe(0);
});
