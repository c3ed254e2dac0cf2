import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../lib/exact-number.ts';
import { Instant } from '../lib/instant.ts';
import { type PushOptions, parsePush } from './parse-push.ts';
import { PushRefusal, renderPushRefusal } from './push-refusal.ts';

const record = (more: object = {}) => ({
  client_id: 7723,
  table_name: 'customers',
  sequence: 1565880017,
  action: 'upsert',
  key_names: ['id'],
  data: { id: 1 },
  ...more,
});
const without = (key: string) =>
  Object.fromEntries(Object.entries(record()).filter(([name]) => name !== key));

const parse = (body: unknown, options: Partial<PushOptions> = {}) =>
  parsePush(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), {
    format: 'json',
    clientId: 7723,
    onInvalid: 'refuse',
    ...options,
  });

function answer(body: unknown, options: Partial<PushOptions> = {}) {
  try {
    parse(body, options);
  } catch (error) {
    if (error instanceof PushRefusal) return renderPushRefusal(error);
    throw error;
  }
  return { status: 201 };
}

const unprocessable = (...reasons: unknown[]) => ({
  status: 422,
  body: {
    status: 'ERROR',
    error: 'Request cannot be processed; see errors.',
    errors: reasons.map((reason) => ({ reason })),
  },
});

describe('a push', () => {
  test('comes out by table, in the order of the tables', () => {
    const body = JSON.stringify([
      record(),
      record({ table_name: 'orders', key_names: ['a', 'b', 'a'], data: { a: 1, b: 2 } }),
      record({ data: { id: 2 }, time_extracted: '2026-01-01T00:00:00Z' }),
    ]).replace('1565880017', '1795414181040595700');
    expect(parse(body)).toEqual([
      {
        tableName: 'customers',
        keyNames: ['id'],
        tableVersion: null,
        messages: [
          {
            action: 'upsert',
            position: 0,
            sequence: new ExactNumber('1795414181040595700'),
            data: { id: 1 },
            extractedAt: null,
          },
          {
            action: 'upsert',
            position: 2,
            sequence: 1565880017,
            data: { id: 2 },
            extractedAt: '2026-01-01T00:00:00Z',
          },
        ],
        rejected: [],
      },
      expect.objectContaining({ tableName: 'orders', keyNames: ['a', 'b'] }),
    ]);
  });
  test('may come as Transit, with cache codes and typed values', () => {
    const body =
      '[["^ ","~:client_id",7723,"~:table_name","customers","~:sequence","~i1795414181040595700","~:action","~:upsert",' +
      '"~:key_names",["id"],"~:data",["^ ","id",1,"at","~m0","n","~n123456789012345678901","f","~f1.50"]],' +
      '["^ ","^0",7723,"^1","customers","^2",2,"^3","^4","^5",["id"],"^6",["^ ","id",2]]]';
    expect(parse(body, { format: 'transit' })).toMatchObject([
      {
        tableName: 'customers',
        messages: [
          {
            sequence: new ExactNumber('1795414181040595700'),
            data: {
              id: 1,
              at: new Instant('1970-01-01T00:00:00.000Z'),
              n: new ExactNumber('123456789012345678901'),
              f: 1.5,
            },
          },
          { sequence: 2, data: { id: 2 } },
        ],
      },
    ]);
  });
  test('may switch to a table version, without a record', () =>
    expect(
      parse([
        record({ table_version: 5 }),
        {
          client_id: 7723,
          table_name: 'customers',
          action: 'switch_view',
          sequence: 9,
          table_version: 5,
          key_names: ['id'],
        },
      ]),
    ).toMatchObject([
      { tableVersion: 5, messages: [{ action: 'upsert' }, { action: 'activate', position: 1, sequence: 9 }] },
    ]));
});

describe('the body is refused', () => {
  test('when it is no JSON', () =>
    expect(answer('[1,\n]')).toEqual({
      status: 400,
      body: {
        status: 'ERROR',
        message: 'Malformed json in the body!',
        error: "Unexpected character (']' (code 93)): expected a value, at line 2, column 1",
        input: null,
      },
    }));
  test('when it is no Transit', () =>
    expect(answer('["^0"]', { format: 'transit' })).toMatchObject({
      status: 400,
      body: { message: 'Malformed json in the body!', error: 'not Transit: unknown cache code ^0' },
    }));
  test.each([[{}], [record()], [null], ['"x"'], ['1.0']])('when it is no array: %j', (body) =>
    expect(answer(body)).toEqual({
      status: 400,
      body: { status: 'ERROR', message: 'An array of records is expected' },
    }),
  );
  test.each([0, 20_001])('with %d records', (count) =>
    expect(answer(Array.from({ length: count }, () => record()))).toEqual({
      status: 400,
      body: { status: 'ERROR', message: `An array of 1 to 20000 records is expected, found ${count}` },
    }),
  );
  test('without client_id', () =>
    expect(answer([without('client_id')])).toEqual({
      status: 401,
      body: { status: 'ERROR', error: 'Not Authenticated.', errors: null },
    }));
  test('for another client than the token is of', () =>
    expect(answer([record({ client_id: 1 })])).toEqual({
      status: 403,
      body: {
        status: 'ERROR',
        error: 'Forbidden',
        errors: { error: 'Access token is not associated with this client.' },
      },
    }));
  test('for several clients', () =>
    expect(answer([record(), record({ client_id: 1 })])).toEqual(
      unprocessable('The batch contains data points for multiple clients. Only client_id 7723 is allowed'),
    ));
  test('not for a client_id that is text', () =>
    expect(answer([record({ client_id: '7723' })]).status).toBe(201));
});

describe('a field is refused', () => {
  const blank = "can't be blank";
  test.each(['table_name', 'sequence', 'action', 'data'])('%s is missing', (field) =>
    expect(answer([without(field)])).toEqual(unprocessable({ [field]: [blank] })),
  );
  test.each(['table_name', 'sequence', 'action', 'data'])('%s is null', (field) =>
    expect(answer([record({ [field]: null })])).toEqual(unprocessable({ [field]: [blank] })),
  );
  test('key_names is missing or empty', () => {
    const both = unprocessable({ key_names: [blank], key_properties: ['unknown key'] });
    expect(answer([without('key_names')])).toEqual(both);
    expect(answer([record({ key_names: [] })])).toEqual(both);
    expect(answer([{ ...without('key_names'), key_properties: ['id'] }])).toEqual(both);
  });
  test.each([
    ['table_name', '', [blank]],
    ['table_name', 5, ['should be a string']],
    ['sequence', 'x', ['should be an integer', 'should be a number']],
    ['sequence', 1.5, ['should be an integer']],
    ['action', 'delete', ['should be upsert']],
    ['key_names', 'id', ['should be an array of strings']],
    ['key_names', [1], ['should be an array of strings']],
    ['table_version', 'x', ['should be an integer', 'should be a number']],
    ['time_extracted', 5, ['should be a string']],
    ['extra', 5, ['unknown key']],
    ['data', [], ['data must be an object']],
    ['data', 'x', ['data must be an object']],
    ['data', {}, ['data must include keys']],
    ['data', { id: null }, ['keys cannot not be null in data']],
    ['data', { id: {} }, ['keys cannot be objects or arrays in data']],
    ['data', { id: 'x'.repeat(1_025) }, ['String keys cannot be longer than 1024 characters']],
    [
      'data',
      { id: 1, list: Array.from({ length: 10_000 }, (_, at) => at) },
      ['data cannot have more than 10000 data points'],
    ],
  ])('%s is wrong', (field, value, problems) =>
    expect(answer([record({ [field]: value })])).toEqual(unprocessable({ [field]: problems })),
  );
  test('a sequence beyond int64', () =>
    expect(answer(JSON.stringify([record()]).replace('1565880017', '9223372036854775808'))).toEqual(
      unprocessable({ sequence: ['can not be above 9223372036854775807'] }),
    ));
  test('each bad record has its reasons', () =>
    expect(answer([record(), record({ data: {}, table_name: '' }), record({ data: [] })])).toEqual(
      unprocessable(
        { table_name: [blank], data: ['data must include keys'] },
        { data: ['data must be an object'] },
      ),
    ));
  test('keys of 1,024 characters are fine', () =>
    expect(answer([record({ data: { id: 'x'.repeat(1_024) } })]).status).toBe(201));
  test('an element that is no object', () =>
    expect(answer([record(), 5])).toEqual(unprocessable('Record 1 must be an object')));
});

describe('a source that rejects records one by one', () => {
  test('keeps the others', () => {
    const [table] = parse([record(), record({ data: {} }), record()], { onInvalid: 'reject' });
    expect(table?.messages.map(({ position }) => position)).toEqual([0, 2]);
    expect(table?.rejected).toMatchObject([{ position: 1, reason: 'data: data must include keys' }]);
  });
  test('still refuses what says nothing about its table', () =>
    expect(answer([record({ table_name: '' })], { onInvalid: 'reject' }).status).toBe(422));
});
