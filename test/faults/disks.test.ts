import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { type FaultRoom, type FaultSource, openFaultRoom, upserts } from './fault-room.ts';
import { mountSmallDisk } from './small-disk.ts';

/** Does not get smaller when it is compressed. */
const noise = (kilobytes: number) => randomBytes(kilobytes * 512).toString('base64');

const health = async (room: FaultRoom) => {
  const { status, text } = await room.call('GET', '/health');
  return { code: status, ...(JSON.parse(text) as { status: string; message?: string }) };
};

test('a disk that is almost full refuses records, loads what there is, and the server goes on by itself', async () => {
  using disk = mountSmallDisk(60);
  await using warehouse = await createTestDatabase();
  await using room = await openFaultRoom({ folder: disk.folder });
  const source = await room.addSource();
  const rowsOf = async ({ name }: FaultSource): Promise<number> => {
    const [row] = await warehouse.query(`select count(*)::int as n from "${name}".orders`);
    return Number(row?.n);
  };
  let accepted = 0;
  const send = async () => {
    const answer = await room.send(source, upserts('orders', [{ id: accepted, text: noise(1_000) }]));
    if (answer.status === 201) accepted += 1;
    return answer;
  };
  expect(await health(room)).toMatchObject({ code: 200, status: 'ok' });
  expect((await send()).status).toBe(201);

  const filler = path.join(disk.folder, 'filler');
  writeFileSync(filler, Buffer.alloc(54 * 1024 * 1024));
  expect(await health(room)).toMatchObject({
    code: 200,
    status: 'degraded',
    message: expect.stringContaining('Free some space'),
  });
  const refused = await until(async () => {
    const answer = await send();
    expect(answer.status).toBe(503);
    return answer;
  });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(JSON.parse(refused.text)).toEqual({
    status: 'ERROR',
    message: 'The disk of the data folder is almost full: nothing was stored; try again later',
  });
  for (const where of ['/v4/sources', `/v4/sources/${source.id}/batches`, '/metrics'])
    expect((await room.call('GET', where)).status, where).toBe(200);

  // The results of loads still find room.
  await room.addDestination(warehouse);
  await room.drained(30_000);
  expect(await rowsOf(source)).toBe(accepted);

  rmSync(filler);
  expect(await health(room)).toMatchObject({ code: 200, status: 'ok' });
  await until(async () => expect((await send()).status).toBe(201));
  await room.drained(30_000);
  expect(await rowsOf(source)).toBe(accepted);
  expect(room.server.log.map(({ level }) => level)).not.toContain('fatal');
}, 90_000);

/** From now on every sync of the process fails, as on a disk that is broken. */
async function breakSyncs(pid: number): Promise<AsyncDisposable> {
  const traced = 'fsync,fdatasync';
  const options = ['-f', '-p', String(pid), '-e', `trace=${traced}`, '-e', `inject=${traced}:error=EIO`];
  const strace = spawn('strace', [...options, '-o', '/dev/null'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(strace, 'exit');
  for await (const line of createInterface({ input: strace.stderr })) if (/attached/.test(line)) break;
  return {
    async [Symbol.asyncDispose]() {
      strace.kill('SIGINT');
      await ended;
    },
  };
}

test('a sync that fails is no 2xx and ends the server; what was acknowledged before is there after it', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openFaultRoom();
  const source = await room.addSource();
  const send = (id: number): Promise<number> =>
    room.send(source, upserts('orders', [{ id }])).then(
      ({ status }) => status,
      () => 0,
    );
  expect(await send(1)).toBe(201);
  {
    await using _broken = await breakSyncs(room.server.pid);
    for (const status of await Promise.all([send(2), send(3)])) expect([0, 503]).toContain(status);
    expect(await room.server.ended).toBe(1);
  }
  expect(room.server.log).toContainEqual(
    expect.objectContaining({ level: 'fatal', message: expect.stringContaining('can no longer be trusted') }),
  );
  await room.start();
  expect(await send(4)).toBe(201);
  await room.addDestination(warehouse);
  await room.drained(30_000);
  const ids = (await warehouse.query(`select id::int from "${source.name}".orders order by 1`)).map(
    ({ id }) => id,
  );
  // Of what was refused by a broken disk nobody can tell whether it was written.
  expect(ids.filter((id) => id === 1 || id === 4)).toEqual([1, 4]);
}, 60_000);

test('a byte that has flipped in the store is found: its batch is set aside and said so, the others are loaded', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openFaultRoom();
  const source: FaultSource = await room.addSource();
  for (const id of [1, 2, 3]) await room.send(source, upserts('orders', [{ id, text: noise(10) }]));
  room.server.signal('SIGKILL');
  await room.server.ended;
  await flipByteOfSecondBody(room.data);
  await room.start();
  await room.addDestination(warehouse);
  await until(async () => expect((await room.waiting()).get('quarantined')).toBe(1));
  await until(async () =>
    expect(await warehouse.query(`select id::int from "${source.name}".orders order by 1`)).toEqual([
      { id: 1 },
      { id: 3 },
    ]),
  );
  const { text } = await room.call('GET', `/v4/sources/${source.id}/batches?state=quarantined`);
  expect(text).toContain('checksum');
}, 60_000);

async function flipByteOfSecondBody(data: string): Promise<void> {
  const { default: Sqlite } = await import('better-sqlite3');
  const store = new Sqlite(`${data}/backstitch.sqlite`);
  const rows = store.prepare('select rowid, body from spool_parts order by rowid').all();
  const [, second] = rows as { rowid: number; body: Buffer }[];
  if (!second) throw new Error('there is no second body');
  second.body[second.body.length - 20]! ^= 1;
  store.prepare('update spool_parts set body = ? where rowid = ?').run(second.body, second.rowid);
  store.close();
}
