import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { flawless, judge } from '../loading/oracle.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { openFaultRoom } from './fault-room.ts';
import { startSenders } from './senders.ts';

const hour = 3_600_000;

test('the clock jumps an hour forward and two back while records come and go: nothing sticks, nothing is lost', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openFaultRoom({ preload: [new URL('shift-clock.mjs', import.meta.url)] });
  await room.addDestination(warehouse);
  const source = await room.addSource();
  const senders = startSenders(room, source);
  const newest = async () => {
    const sql = `select max(_sdc_sequence)::int as newest from "${source.name}".keyed`;
    return Number((await until(() => warehouse.query(sql)))[0]?.newest);
  };
  const timeOfLog = () => Date.parse(String(room.server.log.at(-1)?.time));
  for (const shift of [hour, -hour]) {
    writeFileSync(path.join(room.data, 'clock-shift'), String(shift));
    // The server lives in its new time, and goes on: it takes records, and loads them.
    const before = await newest();
    await until(async () => expect(await newest()).toBeGreaterThan(before + 200));
  }
  await senders.stop();
  await room.drained(30_000);
  expect(await judge(senders.log, source.name, warehouse)).toEqual(flawless);
  room.server.signal('SIGTERM');
  expect(await room.server.ended).toBe(0);
  expect(timeOfLog()).toBeLessThan(Date.now() - hour / 2);
}, 90_000);
