import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { openFaultRoom } from './fault-room.ts';

/** More on demand: `BACKSTITCH_LARGE_BODIES=64`. */
const bodies = Number(process.env.BACKSTITCH_LARGE_BODIES ?? 8);
const mostMegabytes = 512;
const bodyBytes = 20 * 1024 * 1024;

/** As large as a body may be: records with numbers of many digits, texts and a nested list. */
function largeBody(): string {
  const messages: string[] = [];
  let bytes = 200;
  for (let id = 0; bytes < bodyBytes; id += 1) {
    const data = `{"id":${id},"at":"2026-01-01T00:00:00Z","total":1234567890123456789,"note":"${'n'.repeat(900)}","tags":["a","b"]}`;
    const message = `{"action":"upsert","sequence":1795414181040${100000 + id},"data":${data}}`;
    bytes += message.length + 1;
    if (bytes < bodyBytes) messages.push(message);
  }
  return `{"table_name":"orders","schema":{},"key_names":["id"],"messages":[${messages.join(',')}]}`;
}

test(`${bodies} senders of 20 MB at once, into a destination that is slow, take less than ${mostMegabytes} MB of memory`, {
  timeout: 60_000 + bodies * 5_000,
}, async () => {
  await using warehouse = await createTestDatabase();
  await using slow = await startFaultProxy({
    targetPort: warehouse.port,
    mode: { kind: 'delay', milliseconds: 20 },
  });
  await using room = await openFaultRoom();
  await room.addDestination({ ...warehouse, port: slow.port });
  const source = await room.addSource();
  const body = largeBody();
  // Who is refused before everything was sent may meet a closed connection instead of the answer.
  const send = () =>
    room.send(source, body).then(
      ({ status }) => status,
      () => 503,
    );
  const statuses = await Promise.all(Array.from({ length: bodies }, send));
  expect(new Set([...statuses, 201, 503])).toEqual(new Set([201, 503]));
  expect(statuses).toContain(201);
  expect((await room.call('GET', '/health')).status).toBe(200);
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${room.server.pid}/status`, 'utf8'));
  expect(Number(peak?.[1]) / 1024).toBeLessThan(mostMegabytes);
});
