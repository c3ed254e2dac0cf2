import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../support/embedded-postgres.ts';
import { type ImportRoom, type ImportRoomSource, openImportRoom } from '../support/import-room.ts';

let room: ImportRoom;
let source: ImportRoomSource;
beforeAll(async () => {
  room = await openImportRoom();
});
afterAll(async () => await room[Symbol.asyncDispose]());
beforeEach(async () => {
  source = await room.addSource();
});

const target = (...options: string[]) => [
  'target',
  '--server',
  room.address,
  '--token-file',
  source.tokenFile,
  ...options,
];
const schema = (stream: string, properties: object = {}, keys: readonly string[] = ['id']) =>
  JSON.stringify({
    type: 'SCHEMA',
    stream,
    schema: { properties: { id: { type: 'integer' }, ...properties } },
    key_properties: keys,
  });
const record = (stream: string, fields: string, more = '') =>
  `{"type":"RECORD","stream":"${stream}","record":${fields}${more}}`;
const state = (value: unknown) => JSON.stringify({ type: 'STATE', value });
const text = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');
const table = async (name: string, columns: string, order = 'id') =>
  await room.warehouse.query(`select ${columns} from ${source.name}.${name} order by ${order}`);

test('records of several streams stand in their tables, digit for digit, and the last state is written', async () => {
  const ran = await room.cli.run(target(), {
    input: text(
      schema('orders', { total: { type: 'number', multipleOf: 1e-20 } }),
      schema('pets', { name: { type: 'string' } }),
      record(
        'orders',
        '{"id":9007199254740993,"total":0.12345678901234567891}',
        ',"time_extracted":"2026-01-02T03:04:05.678901Z"',
      ),
      record('pets', '{"id":1,"name":"Rex"}'),
      '{"type":"STATE","value":{"n":1}}',
      record('orders', '{"id":2,"total":1}'),
      '{"type":"STATE","value":{"n":12345678901234567890}}',
    ),
  });
  expect(ran).toMatchObject({ code: 0, err: '', out: '{"n":12345678901234567890}\n' });
  await until(async () => {
    expect(await table('orders', 'id, total::text, _sdc_extracted_at::text as extracted')).toMatchObject([
      { id: '2', extracted: null },
      {
        id: '9007199254740993',
        total: expect.stringContaining('0.12345678901234567891'),
        extracted: expect.stringContaining('2026-01-02 03:04:05.678'),
      },
    ]);
    expect(await table('pets', 'id, name')).toEqual([{ id: '1', name: 'Rex' }]);
  });
});

test('the address and the token may stand in a Singer configuration', async () => {
  const config = room.file('config.json', JSON.stringify({ url: room.address, token: source.token }));
  const ran = await room.cli.run(['target', '--config', config], {
    input: text(schema('pets'), record('pets', '{"id":1}'), state(1)),
  });
  expect(ran).toMatchObject({ code: 0, err: '', out: '1\n' });
});

test('a version that is activated leaves its own rows alone', async () => {
  const version = (number: number) => `,"version":${number}`;
  const ran = await room.cli.run(target(), {
    input: text(
      schema('pets'),
      record('pets', '{"id":1}', version(1)),
      record('pets', '{"id":2}', version(1)),
      '{"type":"ACTIVATE_VERSION","stream":"pets","version":1}',
      record('pets', '{"id":2}', version(2)),
      record('pets', '{"id":3}', version(2)),
      '{"type":"ACTIVATE_VERSION","stream":"pets","version":2}',
    ),
  });
  expect(ran).toMatchObject({ code: 0, err: '' });
  await until(async () => expect(await table('pets', 'id')).toEqual([{ id: '2' }, { id: '3' }]));
});

test('a schema that changes on the way holds for what comes after it', async () => {
  const ran = await room.cli.run(target(), {
    input: text(
      schema('pets', { name: { type: 'string' } }),
      record('pets', '{"id":1,"name":"Rex"}'),
      schema('pets', { name: { type: 'string' }, age: { type: 'integer' } }),
      record('pets', '{"id":2,"name":"Tom","age":3}'),
      record('pets', '{"id":1,"name":"Max","age":4}'),
    ),
  });
  expect(ran).toMatchObject({ code: 0, err: '' });
  await until(async () =>
    expect(await table('pets', 'id, name, age')).toEqual([
      { id: '1', name: 'Max', age: '4' },
      { id: '2', name: 'Tom', age: '3' },
    ]),
  );
});

test('no state is written before the records are safe: while the server is down, and until it is back', async () => {
  await using tap = room.cli.start(target('--batch-seconds', '1'));
  tap.stdin.write(text(schema('orders'), record('orders', '{"id":1}'), state('first')));
  await until(() => expect(tap.printed).toEqual(['"first"']));

  await room.killServer();
  tap.stdin.write(text(record('orders', '{"id":2}'), state('second')));
  await until(() => expect(tap.errors.join()).toContain('does not answer'));
  expect(tap.printed).toEqual(['"first"']);

  await room.startServer();
  await until(() => expect(tap.printed).toEqual(['"first"', '"second"']));
  tap.stdin.end();
  expect(await tap.ended).toBe(0);
  await until(async () => expect(await table('orders', 'id')).toEqual([{ id: '1' }, { id: '2' }]));
}, 60_000);

test('whatever is killed in the middle, all records are there, and once', async () => {
  const count = 60_000;
  const lines = [schema('events', {}, [])];
  for (let id = 1; id <= count; id++) {
    lines.push(record('events', `{"id":${id}}`));
    if (id % 1000 === 0) lines.push(state(id));
  }
  await using tap = room.cli.start(target());
  tap.stdin.end(text(...lines));
  for (let kills = 1; kills <= 2; kills++) {
    await until(() => expect(tap.printed.length).toBeGreaterThanOrEqual(kills));
    await room.killServer();
    await room.startServer();
  }
  expect(await tap.ended).toBe(0);
  expect(tap.printed.at(-1)).toBe(String(count));
  await until(async () => {
    const [found] = await table('events', 'count(*)::int as rows, count(distinct id)::int as ids', '1');
    expect(found).toEqual({ rows: count, ids: count });
  });
}, 60_000);

test('a tap that goes on from its last state after kill -9 makes no second row of a key', async () => {
  const lines = (from: number) => [
    schema('orders', { run: { type: 'integer' } }),
    ...Array.from({ length: 500 - from }, (_, at) =>
      text(record('orders', `{"id":${from + at},"run":${from}}`), state(from + at)).trimEnd(),
    ),
  ];
  const first = room.cli.start(target('--batch-seconds', '1'));
  first.stdin.write(text(...lines(0)));
  await until(() => expect(first.printed).toEqual(['499']));
  first.kill();
  expect(await first.ended).toBe('SIGKILL');
  const second = await room.cli.run(target(), { input: text(...lines(100)) });
  expect(second.out).toBe('499\n');
  await until(async () => {
    const rows = await table('orders', 'id::int, run::int');
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, id) => id));
    expect(rows.map(({ run }) => run)).toEqual(Array.from({ length: 500 }, (_, id) => (id < 100 ? 0 : 100)));
  });
});

test('what the server refuses ends the target with its words, also while it waits for the tap', async () => {
  await using tap = room.cli.start(target('--batch-seconds', '1'));
  tap.stdin.write(
    text(schema('orders', { total: { type: 'money' } }), record('orders', '{"id":1}'), state(0)),
  );
  expect(await tap.ended).toBe(1);
  expect(tap.errors.join('\n')).toContain(
    'the server refuses 1 message of orders with status 400: Invalid JSON schema: unknown type: [money]',
  );
  expect(tap.printed).toEqual([]);
});

test('a record that breaks its schema is set aside, and does not stop the tap', async () => {
  const ran = await room.cli.run(target(), {
    input: text(
      schema('orders'),
      record('orders', '{"id":"one"}'),
      record('orders', '{"id":2}'),
      record('orders', '{"name":"no id"}'),
      state('safe'),
    ),
  });
  expect(ran).toMatchObject({ code: 0, out: '"safe"\n' });
  expect(ran.err).toContain('2 of the records break the rules and were set aside');
  await until(async () => {
    expect(await table('orders', 'id')).toEqual([{ id: '2' }]);
    expect(await table('_sdc_rejected', 'reason, record', '_sdc_position')).toEqual([
      { reason: expect.stringContaining('Record 0 did not conform to schema: #/id'), record: '{"id":"one"}' },
      { reason: 'Record is missing key property id', record: '{"name":"no id"}' },
    ]);
  });
});

test('a tap that dies in the middle of a line loses nothing that it had written before', async () => {
  const input = text(schema('orders'), record('orders', '{"id":1}'), state('kept'));
  const ran = await room.cli.run(target(), { input: `${input}{"type":"RECORD","stream":"ord` });
  expect(ran).toMatchObject({ code: 1, out: '"kept"\n' });
  expect(ran.err).toContain('line 4 is not JSON');
  await until(async () => expect(await table('orders', 'id')).toEqual([{ id: '1' }]));
});

test.each([
  [record('orders', '{"id":1}'), 'there was no SCHEMA message of the stream orders before'],
  ['{"type":"BATCH","stream":"orders"}', 'there is no support for the type BATCH'],
  ['{"type":"STATE"}', 'it has no value'],
  ['{"type":"SCHEMA","stream":"orders"}', 'schema must be an object'],
])('%s is passed over by no means', async (line, message) => {
  const ran = await room.cli.run(target(), { input: text(line) });
  expect(ran).toMatchObject({ code: 1, out: '' });
  expect(ran.err).toContain(message);
});
