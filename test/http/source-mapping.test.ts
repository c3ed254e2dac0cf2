import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected, v4Body } from '../support/http-destinations.ts';
import {
  missingId,
  objectFailure,
  type SourceClient,
  sourceClient,
  type V4Source,
} from '../support/source-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let server: TestServer;
let client: SourceClient;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
  client = sourceClient(server);
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

describe('mapping', () => {
  test('maps to the named destination, or to the only one of the account', async () => {
    const visitor = await server.enter();
    const first = await client.createDestination(visitor);
    expect(await client.create({}, visitor)).toMatchObject({ destination_id: first });
    const second = await client.createDestination(visitor);
    expect(await client.create({}, visitor)).toMatchObject({ destination_id: null });
    expect(await client.create({ destination_id: second }, visitor)).toMatchObject({
      destination_id: second,
    });
    const foreign = await client.createDestination(server.visitor);
    for (const id of [missingId, foreign]) {
      const body = { type: 'import_api', display_name: 'Nowhere', destination_id: id };
      expect(await client.call('POST', '/v4/sources', body, visitor)).toMatchObject({
        status: 400,
        body: objectFailure('InvalidId', `destination not found (${id})`),
      });
    }
  });

  test('maps to another destination, or to none', async () => {
    const visitor = await server.enter();
    const { id } = await client.create({}, visitor);
    const destination = await client.createDestination(visitor, { ignore_unmapped_sources: true });
    for (const destination_id of [destination, null])
      expect(await client.call('PUT', `/v4/sources/${id}`, { destination_id }, visitor)).toMatchObject({
        status: 200,
        body: { destination_id },
      });
    expect(
      await client.call('PUT', `/v4/sources/${id}`, { destination_id: missingId }, visitor),
    ).toMatchObject({
      status: 400,
      body: objectFailure('InvalidId', `destination not found (${missingId})`),
    });
  });

  test('a new destination takes the unmapped sources, unless it is told not to', async () => {
    const visitor = await server.enter();
    const { id } = await client.create({}, visitor);
    const target = async () =>
      ((await client.call('GET', `/v4/sources/${id}`, undefined, visitor)).body as V4Source).destination_id;
    await client.createDestination(visitor, { ignore_unmapped_sources: true });
    expect(await target()).toBeNull();
    const destination = await client.createDestination(visitor);
    expect(await target()).toBe(destination);
  });

  test('destinations are found by their source', async () => {
    const visitor = await server.enter();
    const first = await client.createDestination(visitor);
    const { id } = await client.create({}, visitor);
    const second = await client.createDestination(visitor);
    const unmapped = await client.create({}, visitor);
    const find = async (query: string) => {
      const { body } = await client.call('GET', `/v4/destinations?${query}`, undefined, visitor);
      return (body as { id: number }[]).map((destination) => destination.id);
    };
    expect(await find(`source_id=${id}`)).toEqual([first]);
    expect(await find(`source_id=${id}&destination_id=${first}`)).toEqual([first]);
    expect(await find(`source_id=${id}&destination_id=${second}`)).toEqual([]);
    expect(await find(`source_id=${unmapped.id}`)).toEqual([]);
    expect(await find(`source_id=${missingId}`)).toEqual([]);
  });

  test('deleting a destination pauses its sources', async () => {
    const visitor = await server.enter();
    const destination = await client.createDestination(visitor);
    const { id } = await client.create({}, visitor);
    await client.call('DELETE', `/v4/destinations/${destination}`, undefined, visitor);
    expect(await client.call('GET', `/v4/sources/${id}`, undefined, visitor)).toMatchObject({
      body: { paused_at: time },
    });
  });

  test('the connection check is that of the destination', async () => {
    const visitor = await server.enter();
    const { id } = await client.create({}, visitor);
    const last = () => client.call('GET', `/v4/sources/${id}/last-connection-check`, undefined, visitor);
    expect(await last()).toMatchObject({
      status: 404,
      body: { error: 'NotFound', message: expect.any(String) },
    });
    const destination = await server.request('POST', '/v4/destinations', {
      as: visitor,
      headers: { prefer: 'wait=20' },
      body: v4Body(),
    });
    expect(await last()).toMatchObject({
      status: 200,
      body: { name: destination.headers['backstitch-check'], status: 'succeeded', error: false },
    });
  });
});
