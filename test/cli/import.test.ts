import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/embedded-postgres.ts';
import { type ImportRoom, openImportRoom } from '../support/import-room.ts';

let room: ImportRoom;
beforeAll(async () => {
  room = await openImportRoom();
});
afterAll(async () => await room[Symbol.asyncDispose]());

const remote = (source: { tokenFile: string }) => [
  '--server',
  room.address,
  '--token-file',
  source.tokenFile,
];
const rowsOf = async (sql: string, count: number) =>
  await until(async () => {
    const rows = await room.warehouse.query(sql);
    expect(rows).toHaveLength(count);
    return rows;
  });

test('records of a file stand in the table, digit for digit', async () => {
  const source = await room.addSource();
  const schema = room.file(
    'orders.schema.json',
    `{ "properties": {
      "id": { "type": "integer" },
      "total": { "type": ["null", "number"], "multipleOf": 1e-20 },
      "at": { "type": "string", "format": "date-time" }
    } }\n`,
  );
  const file = room.file(
    'orders.jsonl',
    '{"id":9007199254740993,"total":12345678901234567.00000000000000000001,"at":"2026-01-02T03:04:05Z"}\n\n{"id":2,"total":null,"at":"2026-01-02T03:04:06Z"}',
  );
  const ran = await room.cli.run([
    'import',
    file,
    '--table',
    'orders',
    '--key',
    'id',
    '--schema',
    schema,
    ...remote(source),
  ]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toBe('2 records are safe in the server, on their way to the table orders\n');
  const rows = await rowsOf(`select id, total::text, at::text from ${source.name}.orders order by id`, 2);
  expect(rows).toMatchObject([
    { id: '2', total: null },
    {
      id: '9007199254740993',
      total: expect.stringContaining('12345678901234567.00000000000000000001'),
      at: expect.stringContaining('2026-01-02 03:04:05'),
    },
  ]);
});

test('later lines win, and a second import wins over the first', async () => {
  const source = await room.addSource();
  const run = async (lines: string) =>
    await room.cli.json<object>(['import', '-', '--table', 'people', '--key', 'id', ...remote(source)], {
      input: lines,
    });
  expect(await run('{"id":1,"name":"a"}\n{"id":1,"name":"b"}\n')).toEqual({
    table: 'people',
    records: 2,
    rejected: 0,
  });
  await run('{"id":1,"name":"c"}\n');
  await until(async () => {
    expect(await room.warehouse.query(`select id, name from ${source.name}.people`)).toEqual([
      { id: '1', name: 'c' },
    ]);
  });
});

test('more records than one request may hold go out in several', async () => {
  const source = await room.addSource();
  const lines = Array.from({ length: 25_000 }, (_, at) => `{"id":${at}}`);
  const file = room.file('many.jsonl', lines.join('\n'));
  const ran = await room.cli.run(['import', file, '--table', 'many', ...remote(source)]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  await until(async () => {
    const [found] = await room.warehouse.query(
      `select count(*)::int as rows, count(distinct _sdc_sequence)::int as sequences from ${source.name}.many`,
    );
    expect(found).toEqual({ rows: 25_000, sequences: 25_000 });
  });
});

test('on the machine of the server, a source is enough; its token ends with the command', async () => {
  const source = await room.addSource();
  const ran = await room.cli.run(
    ['import', '-', '--table', 'pets', '--key', 'id', '--source', String(source.id)],
    { input: '{"id":1}\n', env: { BACKSTITCH_PORT: new URL(room.address).port } },
  );
  expect(ran).toMatchObject({ code: 0, err: '' });
  await rowsOf(`select id from ${source.name}.pets`, 1);
  const tokens = await room.cli.json<{ kind: string; revoked_at: string | null }[]>([
    'tokens',
    'list',
    '--account',
    '100',
  ]);
  const revoked = tokens.filter(({ kind, revoked_at }) => kind === 'import' && revoked_at !== null);
  expect(revoked).toHaveLength(1);
});

test('a record that the server refuses ends the import with its words, and with the line to go on from', async () => {
  const source = await room.addSource();
  const lines = Array.from({ length: 20_001 }, (_, at) => `{"id":${at}}`);
  const deep = `{"list":${'['.repeat(97)}${']'.repeat(97)}}`;
  const input = [...lines, deep, '{"id":20002}'].join('\n');
  const args = ['import', '-', '--table', 'some', '--key', 'id', ...remote(source)];
  const ran = await room.cli.run(args, { input });
  expect(ran).toMatchObject({ code: 1, out: '' });
  expect(ran.err).toContain(
    'the server refuses lines 20001 to 20003 of - with status 400: Request failed validation:#: the body is not JSON: nested deeper than 100 levels',
  );
  expect(ran.err).toContain('20000 records before line 20001 are safe in the server');
  const mended = input.replace(deep, '{"id":20001}');
  const again = await room.cli.run([...args, '--from-line', '20001'], { input: mended });
  expect(again.out).toContain('3 records are safe');
  await until(async () => {
    const [found] = await room.warehouse.query(`select count(*)::int as rows from ${source.name}.some`);
    expect(found).toEqual({ rows: 20_003 });
  });
});

test('a record that breaks the rules is set aside, and people are told', async () => {
  const source = await room.addSource();
  const ran = await room.cli.run(['import', '-', '--table', 'some', '--key', 'id', ...remote(source)], {
    input: '{"id":1}\n{"name":"no id"}\n{"id":3}\n',
  });
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toContain('3 records are safe in the server');
  expect(ran.out).toContain('1 of the records breaks the rules and was set aside');
  await rowsOf(`select id from ${source.name}.some`, 2);
  expect(await rowsOf(`select reason from ${source.name}._sdc_rejected`, 1)).toEqual([
    { reason: 'Record is missing key property id' },
  ]);
});

test.each([
  ['{"id":1}\n{"id":', 'line 2 is not JSON'],
  ['[1]\n', 'line 1 is no JSON object'],
])('%j cannot be imported, and the message says where', async (input, message) => {
  const source = await room.addSource();
  const ran = await room.cli.run(['import', '-', '--table', 'x', ...remote(source)], { input });
  expect(ran).toMatchObject({ code: 1, out: '' });
  expect(ran.err).toContain(message);
});

test('a wrong token and a server that is not there are told apart, and no token is shown', async () => {
  const source = await room.addSource();
  const wrong = room.file('wrong-token', 'canary-of-the-import-command\n');
  const refused = await room.cli.run(
    ['import', '-', '--table', 'x', '--server', room.address, '--token-file', wrong],
    { input: '{"id":1}\n' },
  );
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('with status 401: Not Authorized');
  const nowhere = await room.cli.run(
    [
      'import',
      '-',
      '--table',
      'x',
      '--server',
      'http://127.0.0.1:1',
      '--token-file',
      wrong,
      '--retry-for',
      '0',
    ],
    { input: '{"id":1}\n' },
  );
  expect(nowhere.code).toBe(1);
  expect(nowhere.err).toContain('http://127.0.0.1:1 does not answer');
  expect(`${refused.err}${nowhere.err}`).not.toContain('canary');
  expect(`${refused.err}${nowhere.err}`).not.toContain(source.token);
});
