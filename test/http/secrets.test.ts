import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { destinationTypes } from '../../src/destinations/registry.ts';
import type { Log } from '../../src/lib/log.ts';
import { isSealed } from '../../src/model/form.ts';
import { formProperties } from '../../src/model/form-properties.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { connected, connection, type V3Destination } from '../support/http-destinations.ts';
import type { RawAnswer } from '../support/http-request.ts';
import { canary } from '../support/observe-check.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Everything that left the server in this file: answers with their headers, and lines of the log. */
const seen: string[] = [];
const write = (...line: unknown[]) => {
  const plain = (_key: string, value: unknown) =>
    value instanceof Error
      ? { ...value, message: value.message, stack: value.stack, cause: value.cause }
      : value;
  seen.push(JSON.stringify(line, plain));
};
const log: Log = { debug: write, info: write, warn: write, error: write, fatal: write, child: () => log };

let server: TestServer;
let database: TestDatabase;
beforeAll(async () => {
  const types = destinationTypes.filter(({ type }) => type !== 'postgres').map(({ type }) => connected(type));
  [server, database] = await Promise.all([startTestServer({ types, log }), createTestDatabase()]);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

async function ask(...request: Parameters<TestServer['request']>): Promise<RawAnswer> {
  const answer = await server.request(...request);
  seen.push(answer.text, JSON.stringify(answer.rawHeaders));
  return answer;
}
const body = (changes: object = {}) => ({
  type: 'postgres',
  connection: connection({
    host: database.host,
    port: database.port,
    username: database.user,
    database: database.database,
    password: canary,
    ...changes,
  }),
});

/** What can be reached with a destination whose password is the canary. */
async function readEverything(id: number): Promise<void> {
  for (const target of [
    '/v3/destinations',
    `/v3/destinations/${id}`,
    '/v4/destinations',
    `/v4/destinations/${id}`,
    `/v4/destinations/${id}/last-connection-check`,
    `/v4/destinations/${id}/checks`,
    `/v4/destinations/${id}/history`,
    '/v4/account',
    '/metrics',
  ])
    await ask('GET', target);
}

test('a password stays inside whatever goes wrong with it', async () => {
  const made = await ask('POST', '/v3/destinations', { headers: { prefer: 'wait=20' }, body: body() });
  const { id } = made.json<V3Destination>();
  expect(made.json()).toMatchObject({ last_check: { error: true } });
  const put = async (given: unknown, headers: Record<string, string> = {}) =>
    await ask('PUT', `/v3/destinations/${id}`, { headers, body: given });
  const wait = { prefer: 'wait=20' };
  const strict = { prefer: 'handling=strict' };
  const scenarios: (() => Promise<RawAnswer>)[] = [
    async () => await put(body(), strict),
    async () => await put(body({ database: 'nowhere' }), wait),
    async () => await put(body({ database: 'nowhere' }), strict),
    async () => await put(body({ host: 'nowhere.invalid' }), strict),
    async () => await put(body({ port: 1 }), strict),
    async () => await put(body({ port: 'x' })),
    async () => await put(body({ port: canary })),
    async () => await put(body({ ssl: true }), strict),
    async () => await put(body({ ssl: true, sslrootcert: 'no certificate' })),
    async () => await put(body({ password: { nested: canary } })),
    async () => await put(body({ password: [canary] })),
    async () => await put(body({ password: `${canary}\0` })),
    async () => await put({ ...body(), password: canary }),
    async () => await put(JSON.stringify(body()).slice(0, -1)),
    async () => await put(`${JSON.stringify(body())}${canary}`),
    async () => await put(body(), { 'if-match': '"99"' }),
    async () => await put(body(), { 'content-type': 'text/plain' }),
    async () =>
      await put(
        body({
          encryption_type: 'ssh',
          encryption_host: '127.0.0.1',
          encryption_port: 1,
          encryption_username: 'x',
        }),
        strict,
      ),
    async () => await ask('POST', '/v3/destinations', { headers: { 'idempotency-key': 'k' }, body: body() }),
    async () =>
      await ask('POST', '/v3/destinations', { headers: { 'idempotency-key': 'k' }, body: body({ port: 1 }) }),
    async () =>
      await ask('POST', '/v4/destinations', {
        body: { type: 'postgres', properties: body().connection, name: '' },
      }),
    async () =>
      await ask('POST', '/v4/destination-types/postgres/check', { body: { properties: body().connection } }),
    async () => await ask('POST', `/v4/destinations/${id}/check`, { headers: wait }),
  ];
  for (const scenario of scenarios) await scenario();
  await readEverything(id);
  expect(seen.filter((text) => text.includes(canary))).toEqual([]);
});

test.each(
  destinationTypes.flatMap(({ type, form }) =>
    formProperties(form)
      .filter((property) => isSealed(property) && property.natural === 'string')
      .map(({ name }) => [type, name] as const),
  ),
)('%s never shows its %s, not even in an error about it', async (type, name) => {
  for (const [version, key] of [
    ['v3', 'connection'],
    ['v4', 'properties'],
  ] as const) {
    const answer = await ask('POST', `/${version}/destinations`, {
      body: { type, [key]: { [name]: canary, no_such_property: 1 } },
    });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(canary);
  }
});

test('no credential and no token lies readable in the store', async () => {
  const texts = readdirSync(server.folder).map((file) =>
    readFileSync(path.join(server.folder, file), 'latin1'),
  );
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) {
    expect(text.includes(canary)).toBe(false);
    expect(text.includes(server.visitor.token)).toBe(false);
  }
});

test('no token stands in an answer or a line of the log', () => {
  expect(seen.filter((text) => text.includes(server.visitor.token))).toEqual([]);
});
