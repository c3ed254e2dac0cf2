import { expect, test } from 'vitest';
import { openLoadingRoom } from '../loading/loading-room.ts';
import { startPostgres, until } from '../support/embedded-postgres.ts';

const injection = `x"; drop table public.victim cascade; --`;
const literal = `y'); drop table public.victim cascade; --`;
const hostile = [
  injection,
  literal,
  '$1',
  '$'.concat('{a}'),
  '%s',
  'select',
  'a b',
  'a.b',
  'E\\000',
  '\\',
  '--',
  '/*',
  'таблица',
  '表',
  '😀',
  'ä'.repeat(32),
  'x'.repeat(63),
  'x'.repeat(64),
  'y'.repeat(200),
  '__proto__',
  'constructor',
  'pg_class',
  '_sdc_sequence',
  '_backstitch_loads',
  'n__st',
  '!!!',
];

test('whatever tables, columns and values are called, the server meets no error, cuts no name and runs nothing else', async () => {
  await using postgres = await startPostgres({ settings: { log_min_messages: 'notice' } });
  await postgres.query('create table public.victim as select 1 as n');
  await using room = await openLoadingRoom();
  const { source } = await room.addAll({ ...postgres, database: 'postgres' });
  room.startLoader();
  const before = postgres.log().length;
  const data = (id: number) => Object.fromEntries([['id', id], ...hostile.map((name) => [name, name])]);
  for (const table of hostile) {
    const messages = [1, 2].map((id) => ({
      action: 'upsert',
      sequence: id,
      data: { ...data(id), lines: hostile.map((text) => ({ [text]: text })), [table]: { [table]: [table] } },
    }));
    await room.send(source, { table_name: table, key_names: ['id'], messages });
  }
  await until(async () => {
    const states = (await room.batches(source)).map(({ state, lastError }) => ({ state, lastError }));
    expect(states.filter(({ state }) => state !== 'loaded')).toEqual([]);
  }, 30_000);

  const said = postgres.log().slice(before);
  expect(said.split('\n').filter((line) => /ERROR|FATAL|PANIC|truncated/.test(line))).toEqual([]);
  expect(await postgres.query('select n from public.victim')).toEqual([{ n: 1 }]);
  const [row] = await postgres.query(`select * from "${source.name}".select where id = 1`);
  expect(row).toMatchObject({ таблица: 'таблица', 表: '表', 'a b': 'a b' });
  expect(Object.keys(row ?? {}).filter((name) => /xx|yy/.test(name))).toEqual([]);
}, 60_000);
