import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Activity, Batch, Source } from '../../client/src/index.ts';
import { createCommandSession, type SessionOptions } from '../support/command-session.ts';
import { until } from '../support/embedded-postgres.ts';
import { type ImportRoom, openImportRoom } from '../support/import-room.ts';

const session = createCommandSession();
let room: ImportRoom;
beforeAll(async () => {
  room = await openImportRoom();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await room[Symbol.asyncDispose]();
});

type Shown = Source & { readonly access_token: string };

/** In the installation of the room's server, beside it. */
const here = (): SessionOptions['env'] => ({ BACKSTITCH_DATA: room.cli.data });
/** On the room's server, as from another machine. */
const elsewhere = (): SessionOptions['env'] => ({
  BACKSTITCH_SERVER: room.address,
  BACKSTITCH_TOKEN: room.token,
});
const places = [
  ['in this installation', here],
  ['on a server elsewhere', elsewhere],
] as const;

const send = async (token: string, table: string, data: object, sequence = 1) => {
  const body = {
    table_name: table,
    schema: {},
    key_names: [],
    messages: [{ action: 'upsert', sequence, data }],
  };
  const answer = await fetch(`${room.address}/v2/import/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.status;
};

test.each(places)('%s a source is made with its token, paused, and deleted', async (_, place) => {
  const env = place();
  const source = await session.json<Shown>(['sources', 'add', 'My Shop'], { env });
  expect(source).toMatchObject({ name: 'my_shop', paused_at: null, access_token: expect.any(String) });
  const id = String(source.id);
  expect(await send(source.access_token, 'orders', { id: 1 })).toBe(201);

  const listed = await session.run(['sources', 'list'], { env });
  expect(listed.out).toMatch(/My Shop +my_shop +1 +active/);
  expect((await session.json<Source>(['sources', 'pause', id], { env })).paused_at).toMatch(/Z$/);
  await until(async () => expect(await send(source.access_token, 'orders', { id: 2 })).toBe(401));
  const loads = await session.run(['loads', '--source', id], { env });
  expect(loads.out).toMatch(/^my_shop\.orders .* paused$/m);
  expect((await session.json<Source>(['sources', 'unpause', id], { env })).paused_at).toBe(null);

  const second = await session.run(['sources', 'token', id, '--quiet'], { env });
  await until(async () => expect(await send(second.out.trim(), 'orders', { id: 3 })).toBe(201));
  const third = await session.run(['sources', 'token', id], { env });
  expect(third).toMatchObject({ code: 1, err: expect.stringContaining('at most two') });
  const shown = await session.run(['sources', 'show', id], { env });
  expect(shown.out).toMatch(/^import tokens +2$/m);
  const tokens = await session.json<number[]>(['sources', 'tokens', id], { env });
  const revoked = await session.run(['sources', 'tokens', id, '--revoke', String(tokens[0])], { env });
  expect(revoked.out).toMatch(new RegExp(`^token ${tokens[0]} is revoked\nTOKEN\n +${tokens[1]}\n$`));

  const asked = await session.run(['sources', 'delete', id], { env });
  expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('add --yes to confirm') });
  const deleted = await session.json(['sources', 'delete', id, '--yes'], { env });
  expect(deleted).toMatchObject({ id: source.id, deleted: true });
  for (const args of [
    ['pause', id],
    ['token', id],
    ['map', id, '1'],
    ['delete', id, '--yes'],
    ['show', id],
  ]) {
    const ran = await session.run(['sources', ...args], { env });
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining(`the account has no source ${id}`) });
    expect(ran.err).toContain('backstitch sources list');
  }
  for (const { out, err } of [listed, shown]) expect(out + err).not.toContain(source.access_token);
});

test.each(places)(
  '%s a batch that waits for somebody is found and given up, once it is confirmed',
  async (_, place) => {
    const env = place();
    const source = await session.json<Shown>(['sources', 'add', `Waits ${place.name}`], { env });
    const id = String(source.id);
    await session.run(['sources', 'map', id, 'none'], { env });
    await until(async () => expect(await send(source.access_token, 'orders', { id: 1 })).toBe(201));
    const blocked = async () =>
      await session.json<Batch[]>(['sources', 'batches', id, '--state', 'blocked'], { env });
    const [batch, ...others] = await blocked();
    expect(others).toEqual([]);
    const batchId = batch!.id;

    const table = await session.run(['loads', '--source', id], { env });
    expect(table.out).toMatch(
      new RegExp(`^${source.name}\\.orders +- +0 +0 +1 +\\d+ s +no destination$`, 'm'),
    );
    expect(table.out).toContain(`→ backstitch sources map ${id} <destination>`);

    const asked = await session.run(['sources', 'discard', id, batchId], { env });
    expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('1 records of orders, of source') });
    const refused = await session.run(['sources', 'discard', id, batchId], { env, answers: ['no'] });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('nothing was changed') });
    expect(await blocked()).toHaveLength(1);
    const done = await session.run(['sources', 'discard', id, batchId], { env, answers: ['discard'] });
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining(`batch ${batchId} is discarded`) });
    expect(await blocked()).toEqual([]);
  },
);

test('what stops a table is shown with its remedy', async () => {
  const source = await room.addSource();
  await room.warehouse.query(`create schema ${source.name}`);
  // A view of its name stands there.
  await room.warehouse.query(`create view ${source.name}.orders as select 1 as id`);
  expect(await send(source.token, 'orders', { id: 1 })).toBe(201);
  await until(async () => {
    const { out } = await session.run(['loads', '--source', String(source.id)], { env: elsewhere() });
    expect(out).toMatch(
      new RegExp(`^${source.name}\\.orders .* error\n\n${source.name}\\.orders since .*\n {2}→ `, 'm'),
    );
  });
});

test('what is loaded and rejected is shown, followed, downloaded whole, retried and replayed', async () => {
  const env = elsewhere();
  const source = await room.addSource();
  const id = String(source.id);
  await using following = room.cli.start(['loads', '--follow', '--source', id]);
  await until(() => expect(following.printed.join()).toContain('Nothing was loaded'));
  const file = room.file('orders.jsonl', '{"id":1,"n":1234567890123456789}\n{"id":2,"n":2}\n');
  const imported = await session.run(
    ['import', file, '--table', 'my!orders', '--key', 'id', '--source', id],
    { env },
  );
  expect(imported).toMatchObject({ code: 0, out: expect.stringContaining('2 records are safe') });
  await until(async () => {
    const { tables } = await session.json<Activity>(['loads', '--source', id], { env });
    expect(tables).toMatchObject([{ table_name: 'my!orders', rows_loaded: 2 }]);
  });
  await until(() => expect(following.printed.join('\n')).toMatch(/my!orders: loaded, rows: 2$/m));
  expect(await session.json(['sources', 'show', id], { env })).toMatchObject({ id: source.id });

  // Another table whose name cleans to that of the first.
  const clash = room.file('clash.jsonl', '{"id":3,"n":12345678901234567890123}\n');
  await session.run(['import', clash, '--table', 'my?orders', '--key', 'id', '--source', id], { env });
  await until(async () => {
    const { out } = await session.run(['rejected', 'list', id], { env });
    expect(out).toMatch(/my\?orders +record +1 +\S+ +Table collision/);
  });
  const target = path.join(session.home, 'rejected.jsonl');
  const download = ['rejected', 'download', id, '--output', target];
  expect(await session.run(download, { env })).toMatchObject({
    code: 0,
    out: expect.stringContaining('1 rejected'),
  });
  expect(readFileSync(target, 'utf8')).toContain('"n":12345678901234567890123}}\n');
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(await session.run(download, { env })).toMatchObject({
    code: 2,
    err: expect.stringContaining('add --force'),
  });
  const piped = await session.run(['rejected', 'download', id, '--output', '-'], { env: here() });
  expect(piped.out).toBe(readFileSync(target, 'utf8'));

  const retried = await session.run(['rejected', 'retry', id, '--table', 'my?orders'], { env });
  expect(retried.out).toContain('records on their way once more: 1, in batches: 1');
  const replay = await session.run(['sources', 'replay', id, '1', '--table', 'my!orders'], { env });
  expect(replay.out).toMatch(/REPLAY +DESTINATION.*\n +\d+ +1 +(loading|completed) +my!orders +1/);
  await until(async () => {
    const { out } = await session.run(['sources', 'replays', id], { env });
    expect(out).toContain('completed');
  });
  const none = await session.run(['sources', 'replay', id, '1', '--table', 'nothing'], { env });
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining('nothing') });
}, 60_000);
