import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected } from '../support/http-destinations.ts';
import { missingId, objectFailure, sourceClient } from '../support/source-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ types: [connected('postgres')] });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

test('a batch that waits for somebody is discarded by its account, once, and no other batch is', async () => {
  const client = sourceClient(server);
  const visitor = await server.enter();
  const { id } = await client.create({}, visitor);
  const batchId = 'd'.repeat(32);
  const { accountId } = visitor;
  await server.store.batches.append(
    { accountId, sourceId: id, id: batchId, table: 'orders', format: 'batch', records: 3, idempotency: null },
    Buffer.from('{}'),
  );
  const discard = async (batch: string, source = id, as = visitor) =>
    await client.call('POST', `/v4/sources/${source}/batches/${batch}/discard`, undefined, as);
  expect(await discard('e'.repeat(32))).toMatchObject({
    status: 400,
    body: objectFailure('InvalidId', `batch not found (${'e'.repeat(32)})`),
  });
  expect(await discard(batchId, missingId)).toMatchObject({ status: 400 });
  expect(await discard(batchId, id, await server.enter())).toMatchObject({ status: 400 });

  // It has no destination: it is blocked.
  const body = { id: batchId, table_name: 'orders', records: 3, bytes: 2, discarded: true };
  expect(await discard(batchId)).toMatchObject({ status: 200, body });
  expect(await discard(batchId)).toMatchObject({ status: 400 });
  expect(await client.call('GET', `/v4/sources/${id}/batches`, undefined, visitor)).toMatchObject({
    body: [],
  });

  await client.createDestination(visitor);
  const mapped = await client.create({ destination_id: await client.createDestination(visitor) }, visitor);
  await server.store.batches.append(
    {
      accountId,
      sourceId: mapped.id,
      id: batchId,
      table: 'orders',
      format: 'batch',
      records: 3,
      idempotency: null,
    },
    Buffer.from('{}'),
  );
  expect(await discard(batchId, mapped.id)).toMatchObject({
    status: 409,
    body: { error: 'BatchNotWaiting' },
  });
}, 30_000);
