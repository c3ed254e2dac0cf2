import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected, connection } from '../support/http-destinations.ts';
import { failedStep } from '../support/scripted-type.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

interface Card {
  readonly type: string;
  readonly details: { readonly access: boolean };
}

let server: TestServer;
beforeAll(async () => {
  const failing = connected('redshift', async () => {
    const failure = failedStep('connect', 'connection_refused');
    return { steps: [failure], failure, refused: false };
  });
  server = await startTestServer({
    types: [connected('postgres'), failing],
    egressAddresses: ['192.0.2.10', '192.0.2.11'],
  });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const contract = JSON.parse(
  readFileSync(new URL('../contract/destination-types.json', import.meta.url), 'utf8'),
) as Card[];

test('the list is that of the contract, but for access', async () => {
  const answer = await server.request('GET', '/v4/destination-types');
  expect(answer.status).toBe(200);
  const sameAccess = ({ details, ...card }: Card): Card => ({
    ...card,
    details: { ...details, access: true },
  });
  const sorted = (cards: readonly Card[]) =>
    cards.map(sameAccess).sort((a, b) => a.type.localeCompare(b.type));
  expect(sorted(answer.json<Card[]>())).toEqual(sorted(contract));
});

test('access says what this build can connect', async () => {
  const cards = (await server.request('GET', '/v4/destination-types')).json<Card[]>();
  const access = Object.fromEntries(cards.map(({ type, details }) => [type, details.access]));
  expect(access).toMatchObject({ postgres: true, redshift: true, dataworld: false, snowflake: false });
});

test.each(contract.map(({ type }) => type))('%s has its own card', async (type) => {
  const cards = (await server.request('GET', '/v4/destination-types')).json<Card[]>();
  const answer = await server.request('GET', `/v4/destination-types/${type}`);
  expect(answer.json()).toEqual(cards.find((card) => card.type === type));
});

test('answers name the addresses that connections come from', async () => {
  for (const path of ['/v4/destination-types', '/v4/destination-types/postgres'])
    expect((await server.request('GET', path)).headers['backstitch-egress']).toBe('192.0.2.10, 192.0.2.11');
});

test.each(['oracle', 'POSTGRES', '%00', '__proto__', 'a%2Fb', 'x'.repeat(500)])(
  'an unknown type is refused: %s',
  async (type) => {
    const answer = await server.request('GET', `/v4/destination-types/${type}`);
    expect([answer.status, answer.json()]).toEqual([
      400,
      {
        error: 'InvalidType',
        message: expect.any(String),
        data: { message: `invalid destination type (${decodeURIComponent(type)})` },
      },
    ]);
  },
);

test('properties are tried out with the form of the type', async () => {
  const tryOut = async (type: string, body: unknown) =>
    await server.request('POST', `/v4/destination-types/${type}/check`, { body });
  expect((await tryOut('redshift', { properties: connection({ port: 5439 }) })).json()).toEqual({
    status: 'failed',
    error: true,
    steps: [failedStep('connect', 'connection_refused')],
  });
  expect((await tryOut('postgres', { properties: connection({ port: 'x' }) })).json()).toMatchObject({
    error: 'InvalidProperties',
    data: { bad_properties: ['port'] },
  });
  expect((await tryOut('oracle', { properties: {} })).json()).toMatchObject({ error: 'InvalidType' });
  expect((await tryOut('dataworld', { properties: {} })).json()).toMatchObject({ error: 'AccessDenied' });
  for (const body of ['', '{', [], {}, { properties: [] }, { properties: {}, type: 'postgres' }]) {
    const answer = await tryOut('oracle', body);
    expect([answer.status, answer.json()]).toMatchObject([400, { error: 'InvalidBody' }]);
  }
});

test('trying out counts against the checks of a minute', async () => {
  await using limited = await startTestServer({ types: [connected('postgres')], checks: { perMinute: 1 } });
  const tryOut = async () =>
    await limited.request('POST', '/v4/destination-types/postgres/check', {
      body: { properties: connection() },
    });
  expect((await tryOut()).status).toBe(200);
  const refused = await tryOut();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.json()).toMatchObject({ error: 'TooManyRequests', message: expect.any(String) });
});
