import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../support/embedded-postgres.ts';
import { openImportRoom } from '../support/import-room.ts';

test('a store that is backed up while records come, and restored after it went on, loses nothing and loads on', async () => {
  await using room = await openImportRoom();
  const source = await room.addSource();
  const send = async (id: number) => {
    const answer = await fetch(`${room.address}/v2/import/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        table_name: 'orders',
        key_names: ['id'],
        schema: { properties: { id: { type: 'integer' } } },
        messages: [{ action: 'upsert', sequence: id, data: { id, kids: [id] } }],
      }),
    });
    expect(answer.status).toBe(201);
  };
  const stand = async (ids: readonly number[]) => {
    for (const [table, column] of [
      ['orders', 'id'],
      ['orders__kids', '_sdc_value'],
    ])
      await until(async () => {
        const rows = await room.warehouse.query(
          `select ${column}::int as id from ${source.name}.${table} order by 1`,
        );
        expect(rows.map(({ id }) => id)).toEqual(ids);
      }, 30_000);
  };
  await send(1);
  await stand([1]);
  await send(2);
  const target = path.join(room.cli.data, '..', `${path.basename(room.cli.data)}-backup`);
  const partial = `${target}.unfinished`;
  try {
    const made = await room.cli.json<{ with_key: boolean; schema_version: number }>(['backup', target]);
    expect(made).toMatchObject({ with_key: false, schema_version: expect.any(Number) });
    expect(readdirSync(target).toSorted()).toEqual(['backstitch.sqlite', 'manifest.json']);
    expect(existsSync(partial)).toBe(false);
    expect(await room.cli.run(['backup', target])).toMatchObject({
      code: 1,
      err: expect.stringContaining('exists already'),
    });
    for (const id of [3, 4, 5]) await send(id);
    await stand([1, 2, 3, 4, 5]);

    // The folder of the server is lost, but for its key.
    await room.killServer();
    const lost = `${room.cli.data}-lost`;
    cpSync(room.cli.data, lost, { recursive: true });
    expect(await room.cli.run(['restore', target])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not empty'),
    });
    for (const name of readdirSync(room.cli.data))
      rmSync(path.join(room.cli.data, name), { recursive: true });
    const restored = await room.cli.run(['restore', target]);
    expect(restored).toMatchObject({ code: 0, err: expect.stringContaining('Put the master key') });
    cpSync(path.join(lost, 'master.key'), path.join(room.cli.data, 'master.key'));
    rmSync(lost, { recursive: true });
    await room.startServer();
    await send(6);
    await send(7);
    await stand([1, 2, 3, 4, 5, 6, 7]);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}, 120_000);

test('what is no whole backup is refused', async () => {
  await using room = await openImportRoom();
  const target = path.join(room.cli.data, '..', `${path.basename(room.cli.data)}-broken`);
  const empty = `${target}-data`;
  try {
    mkdirSync(target);
    const none = await room.cli.run(['restore', target, '--data', empty]);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('is no backup') });
    rmSync(target, { recursive: true });
    expect(await room.cli.json(['backup', target, '--with-key'])).toMatchObject({ with_key: true });
    writeFileSync(path.join(target, 'backstitch.sqlite'), 'damaged');
    const damaged = await room.cli.run(['restore', target, '--data', empty]);
    expect(damaged).toMatchObject({ code: 1, err: expect.stringContaining('changed or damaged') });
    expect(existsSync(empty)).toBe(false);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
});
