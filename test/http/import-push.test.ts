import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createImportSource, type ImportSource, pushRecord } from '../support/import-source.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** What a body of push and validate must look like, row by row of the contract. */
let server: TestServer;
let source: ImportSource;
beforeAll(async () => {
  server = await startTestServer();
  source = await createImportSource(server);
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const record = (changes: object = {}) => pushRecord(source, changes);
const without = (key: string) => record({ [key]: undefined });
const unprocessable = (...reasons: unknown[]) => ({
  status: 'ERROR',
  error: 'Request cannot be processed; see errors.',
  errors: reasons.map((reason) => ({ reason })),
});

test('records of several tables are accepted in one request, and stored by table', async () => {
  const own = await createImportSource(server);
  const body = ['orders', 'customers', 'orders'].map((table_name) => pushRecord(own, { table_name }));
  const answer = await own.send('push', body);
  expect([answer.status, answer.json()]).toEqual([201, { status: 'OK', message: 'Batch Accepted!' }]);
  expect((await own.acceptedTables()).toSorted()).toEqual(['customers', 'orders']);
});

test('a request may ask that single invalid records are set aside', async () => {
  const own = await createImportSource(server);
  const records = [pushRecord(own), pushRecord(own, { data: { name: 'no id' } })];
  const lenient = { prefer: 'handling=lenient' };
  const taken = await own.send('push', records, lenient);
  expect(taken.status).toBe(201);
  expect(taken.headers).toMatchObject({ 'backstitch-rejected-records': '1' });
  expect((await own.send('validate', records, lenient)).status).toBe(200);
  expect((await own.send('push', records)).status).toBe(422);
  const elsewhere = [pushRecord({ clientId: own.clientId + 1 })];
  expect((await own.send('push', elsewhere, lenient)).status).toBe(403);
});

test('validate stores nothing', async () => {
  const own = await createImportSource(server);
  const answer = await own.send('validate', [pushRecord(own)]);
  expect([answer.status, answer.json()]).toEqual([200, { status: 'OK', message: 'Batch is valid!' }]);
  expect(await own.acceptedTables()).toEqual([]);
});

const rows: readonly (readonly [string, () => unknown, number, unknown])[] = [
  ['no list', () => record(), 400, { status: 'ERROR', message: 'An array of records is expected' }],
  [
    'no JSON',
    () => '[{]',
    400,
    { status: 'ERROR', message: 'Malformed json in the body!', error: expect.any(String), input: null },
  ],
  ['an empty list', () => [], 400, { status: 'ERROR', message: expect.any(String) }],
  [
    '20,001 records',
    () => Array.from({ length: 20_001 }, () => record()),
    400,
    { status: 'ERROR', message: expect.stringContaining('20000') },
  ],
  [
    'no client_id',
    () => [without('client_id')],
    401,
    { status: 'ERROR', error: 'Not Authenticated.', errors: null },
  ],
  [
    'the client_id of another account',
    () => [record({ client_id: source.clientId + 1 })],
    403,
    {
      status: 'ERROR',
      error: 'Forbidden',
      errors: { error: 'Access token is not associated with this client.' },
    },
  ],
  [
    'several clients',
    () => [record(), record({ client_id: source.clientId + 1 })],
    422,
    expect.objectContaining({
      error: 'Request cannot be processed; see errors.',
      errors: [
        {
          reason: expect.stringMatching(
            /^The batch contains data points for multiple clients\. Only client_id \d+ is allowed$/,
          ),
        },
      ],
    }),
  ],
  ['no table_name', () => [without('table_name')], 422, unprocessable({ table_name: ["can't be blank"] })],
  [
    'a blank table_name',
    () => [record({ table_name: '' })],
    422,
    unprocessable({ table_name: ["can't be blank"] }),
  ],
  [
    'a sequence that is a text',
    () => [record({ sequence: '1' })],
    422,
    unprocessable({ sequence: ['should be an integer', 'should be a number'] }),
  ],
  [
    'data that is a list',
    () => [record({ data: [] })],
    422,
    unprocessable({ data: ['data must be an object'] }),
  ],
  [
    'data without its keys',
    () => [record({ data: { name: 'Finn' } })],
    422,
    unprocessable({ data: ['data must include keys'] }),
  ],
  [
    'a key that is null',
    () => [record({ data: { id: null } })],
    422,
    unprocessable({ data: ['keys cannot not be null in data'] }),
  ],
  [
    'a key that is too long',
    () => [record({ data: { id: 'x'.repeat(1025) } })],
    422,
    unprocessable({ data: ['String keys cannot be longer than 1024 characters'] }),
  ],
  [
    'no key_names',
    () => [without('key_names')],
    422,
    unprocessable({ key_names: ["can't be blank"], key_properties: ['unknown key'] }),
  ],
];

describe.each(['push', 'validate'] as const)('%s', (call) => {
  test.each(rows)('of %s is refused in the words of the contract', async (_what, body, status, expected) => {
    const before = await source.acceptedTables();
    const answer = await source.send(call, body());
    expect([answer.status, answer.json()]).toEqual([status, expected]);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(await source.acceptedTables()).toEqual(before);
  });

  test('takes keys of 1,024 characters', async () => {
    const answer = await source.send(call, [record({ data: { id: 'x'.repeat(1024) } })]);
    expect(answer.status, answer.text).toBeLessThan(300);
  });
});
