import { expect, test } from 'vitest';
import { required } from '../store/store-under-test.ts';
import { until } from '../support/embedded-postgres.ts';
import { startHookReceiver } from '../support/hook-receiver.ts';
import { openHookRoom, soon } from './hook-room.ts';
import { startWorker, type WorkerSetup } from './start-worker.ts';

test('a process that is killed while loads complete has told of each of them that is durable, and of no other', async () => {
  await using receiver = await startHookReceiver();
  await using room = await openHookRoom();
  const hook = await room.hook(receiver.url);
  const { store, mapped, folder } = room;
  const masterKey = room.masterKey.toString('hex');
  let told = 0;
  for (const least of [3, 11, 20]) {
    await using worker = startWorker({ folder, masterKey, task: 'load', mapped, options: {} });
    await until(() => expect(worker.completed).toBeGreaterThan(least));
    await worker.kill();
    told += worker.completed;
  }
  const lane = { sourceId: mapped.source.id, table: 'orders' };
  const durable = await store.loads.completed(lane, 100_000);
  expect(durable.length).toBeGreaterThanOrEqual(told);
  expect(await store.hooks.waiting()).toBe(durable.length);

  room.send({ perHook: 8, mostPerHook: 100_000 });
  await until(async () => expect(await store.hooks.waiting()).toBe(0));
  const moments = durable.map(({ batchedAt }) => new Date(batchedAt).toISOString());
  const sent = receiver.received.map(({ text }) => JSON.parse(text).minimum_sdc_batched_at as string);
  expect(sent.sort()).toEqual(moments.sort());
  expect((await room.deliveries(hook)).every(({ state }) => state === 'sent')).toBe(true);
});

test('a message whose sender is killed while it waits for the answer is sent again under the same id', async () => {
  await using receiver = await startHookReceiver((request) => (request === 0 ? 'nothing' : 200));
  await using room = await openHookRoom();
  const hook = await room.hook(receiver.url);
  const { mapped, folder } = room;
  const setup: WorkerSetup = {
    folder,
    masterKey: room.masterKey.toString('hex'),
    task: 'send',
    mapped,
    options: { ...soon, timeoutMilliseconds: 5_000, spareMilliseconds: -4_000 },
  };
  await using worker = startWorker(setup);
  await room.load();
  await until(() => expect(receiver.received).toHaveLength(1));
  await worker.kill();
  room.send();
  await until(async () =>
    expect(await room.deliveries(hook)).toMatchObject([{ state: 'sent', attempts: 2 }]),
  );
  const [first, second] = receiver.received;
  expect(second).toEqual({ ...required(first), headers: expect.anything() });
  expect(second?.headers['x-backstitch-delivery']).toBe(first?.headers['x-backstitch-delivery']);
});
