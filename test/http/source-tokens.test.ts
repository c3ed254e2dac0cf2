import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected } from '../support/http-destinations.ts';
import { missingId, objectFailure, type SourceClient, sourceClient } from '../support/source-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
let client: SourceClient;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
  client = sourceClient(server);
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

describe('import tokens', () => {
  test('are shown once, listed by their ids, and at most two', async () => {
    const { id } = await client.create();
    const tokens = `/v4/sources/${id}/tokens`;
    const issue = async () =>
      (await client.call('POST', tokens)).body as { id: number; access_token: string };
    const first = await issue();
    expect(first).toEqual({ id: expect.any(Number), access_token: expect.stringMatching(/^at_[\w-]{43}$/) });
    const second = await issue();
    expect((await client.call('GET', tokens)).body).toEqual([first.id, second.id]);
    expect(await client.call('POST', tokens)).toMatchObject({
      status: 400,
      body: objectFailure('TokenLimit', 'a source can have at most two active access tokens'),
    });
    expect(await client.call('DELETE', `${tokens}/${first.id}`)).toMatchObject({ status: 200, body: { id } });
    expect((await client.call('GET', tokens)).body).toEqual([second.id]);
    expect((await issue()).id).not.toBe(first.id);
  });

  test('of another source, another kind or nobody are not found', async () => {
    const { id } = await client.create();
    const other = await client.create();
    const token = (await client.call('POST', `/v4/sources/${other.id}/tokens`)).body as { id: number };
    for (const tokenId of [token.id, server.visitor.tokenId, missingId, 'abc'])
      expect(await client.call('DELETE', `/v4/sources/${id}/tokens/${tokenId}`)).toMatchObject({
        status: 400,
        body: objectFailure('InvalidId', `token not found (${tokenId})`),
      });
    expect((await client.call('GET', `/v4/sources/${other.id}/tokens`)).body).toEqual([token.id]);
  });

  test('do not open the Connect API', async () => {
    const { id } = await client.create();
    const { access_token } = (await client.call('POST', `/v4/sources/${id}/tokens`)).body as {
      access_token: string;
    };
    const headers = { authorization: `Bearer ${access_token}` };
    for (const path of ['/v4/sources', '/v3/destinations'])
      expect((await server.request('GET', path, { headers })).status).toBe(401);
  });
});
