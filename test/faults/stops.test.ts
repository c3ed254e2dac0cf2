import { expect, test } from 'vitest';
import { flawless, judge } from '../loading/oracle.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { openFaultRoom } from './fault-room.ts';
import { startSenders } from './senders.ts';

test('SIGTERM in the middle of records and loads: it ends with 0, the next server goes on, and nothing is lost', async () => {
  await using warehouse = await createTestDatabase();
  await using proxy = await startFaultProxy({
    targetPort: warehouse.port,
    mode: { kind: 'delay', milliseconds: 40 },
  });
  await using room = await openFaultRoom();
  await room.addDestination({ ...warehouse, port: proxy.port });
  const source = await room.addSource();
  const senders = startSenders(room, source);
  for (let stop = 0; stop < 2; stop += 1) {
    await until(async () => expect((await room.waiting()).get('loading')).toBeGreaterThan(0));
    room.server.signal('SIGTERM');
    // Thirty seconds are promised, also when a destination says nothing.
    expect(await Promise.race([room.server.ended, late()])).toBe(0);
    proxy.mode = { kind: 'pass' };
    await room.start();
  }
  await senders.stop();
  await room.drained(30_000);
  expect(await judge(senders.log, source.name, warehouse)).toEqual(flawless);
}, 120_000);

const late = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 30_000, 'late').unref();
  });
