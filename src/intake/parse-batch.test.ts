import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../lib/exact-number.ts';
import { BatchRefusal } from './batch-refusal.ts';
import type { OnInvalid } from './message.ts';
import { parseBatch } from './parse-batch.ts';
import { createSchemaCache } from './validate-record.ts';

const compileSchema = createSchemaCache({ maxCharacters: 1_000_000 });
const parse = (body: unknown, onInvalid: OnInvalid = 'refuse') =>
  parseBatch(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), {
    onInvalid,
    compileSchema,
  });

function refusal(body: unknown, onInvalid: OnInvalid = 'refuse'): string {
  try {
    parse(body, onInvalid);
  } catch (error) {
    if (error instanceof BatchRefusal) return error.message;
    throw error;
  }
  return 'accepted';
}

const upsert = (data: unknown, more: object = {}) => ({ action: 'upsert', sequence: 1, data, ...more });
const batch = (more: object = {}) => ({
  table_name: 'customers',
  schema: { properties: { id: { type: 'integer' } } },
  key_names: ['id'],
  messages: [upsert({ id: 1 })],
  ...more,
});
const without = (body: object, key: string) =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== key));
const withMessage = (message: unknown) => batch({ messages: [message] });
const prefix = 'Request failed validation:';

describe('a batch', () => {
  test('comes out with its table, keys, version and messages', () =>
    expect(
      parse(
        '{"table_name":"t","schema":{"type":"object"},"key_names":["id","id"],"table_version":1541199424491,' +
          '"bookmark_names":["at"],"messages":[{"action":"activate_version","sequence":1},' +
          '{"action":"upsert","sequence":9223372036854775807,"data":{"id":1,"n":1.0},' +
          '"time_extracted":"2026-01-01T00:00:00Z","vintage":"x"},{"action":"switch_view","sequence":2}]}',
      ),
    ).toEqual({
      tableName: 't',
      schema: { type: 'object' },
      keyNames: ['id'],
      tableVersion: 1541199424491,
      bookmarkNames: ['at'],
      messages: [
        { action: 'activate', position: 0, sequence: 1 },
        {
          action: 'upsert',
          position: 1,
          sequence: new ExactNumber('9223372036854775807'),
          data: { id: 1, n: new ExactNumber('1.0') },
          extractedAt: '2026-01-01T00:00:00Z',
        },
        { action: 'activate', position: 2, sequence: 2 },
      ],
      rejected: [],
    }));
  test('needs no keys: the table is append-only then', () => {
    expect(parse(without(batch(), 'key_names')).keyNames).toEqual([]);
    expect(parse(batch({ key_names: [] })).keyNames).toEqual([]);
  });
});

describe('the body is refused', () => {
  test.each(['table_name', 'schema', 'messages'])('without %s', (key) =>
    expect(refusal(without(batch(), key))).toBe(`${prefix}#: required key [${key}] not found`),
  );
  test('with an unknown key', () =>
    expect(refusal(batch({ extra: 1 }))).toBe(`${prefix}#: extraneous key [extra] is not permitted`));
  test.each([
    ['table_name', 5, 'String', 'Integer'],
    ['schema', [], 'JSONObject', 'JSONArray'],
    ['messages', {}, 'JSONArray', 'JSONObject'],
    ['key_names', 'id', 'JSONArray', 'String'],
    ['key_names', null, 'JSONArray', 'null'],
    ['table_version', 1.5, 'Integer', 'Double'],
    ['table_version', '1', 'Integer', 'String'],
    ['bookmark_names', true, 'JSONArray', 'Boolean'],
  ])('with a wrong type of %s', (key, value, right, found) =>
    expect(refusal(batch({ [key]: value }))).toBe(
      `${prefix}#/${key}: expected type: ${right}, found: ${found}`,
    ),
  );
  test('with a key name that is no string', () =>
    expect(refusal(batch({ key_names: ['id', 1] }))).toBe(
      `${prefix}#/key_names/1: expected type: String, found: Integer`,
    ));
  test.each([
    ['[]', '#: expected type: JSONObject, found: JSONArray'],
    ['null', '#: expected type: JSONObject, found: null'],
    ['1795414181040595700', '#: expected type: JSONObject, found: Long'],
    ['{"a":', '#: the body is not JSON: Unexpected end of the text: expected a value, at line 1, column 6'],
  ])('when it is %s', (body, message) => expect(refusal(body)).toBe(`${prefix}${message}`));
  test('with no messages, or too many', () => {
    expect(refusal(batch({ messages: [] }))).toBe(
      `${prefix}#/messages: expected minimum item count: 1, found: 0`,
    );
    const many = (count: number) =>
      batch({ messages: Array.from({ length: count }, () => upsert({ id: 1 })) });
    expect(parse(many(20_000)).messages).toHaveLength(20_000);
    expect(refusal(many(20_001))).toBe(
      `${prefix}#/messages: expected maximum item count: 20000, found: 20001`,
    );
  });
  test.each(['1795414181040595700', '9223372036854775807', '-9223372036854775808', '0'])(
    'not for the sequence %s',
    (sequence) => {
      const body = JSON.stringify(withMessage(upsert({ id: 1 }))).replace(
        '"sequence":1',
        `"sequence":${sequence}`,
      );
      expect(refusal(body)).toBe('accepted');
    },
  );
  test.each(['9223372036854775808', '1'.repeat(1_000)])('for the sequence %s', (sequence) => {
    const body = JSON.stringify(withMessage(upsert({ id: 1 }))).replace(
      '"sequence":1',
      `"sequence":${sequence}`,
    );
    expect(refusal(body)).toBe(`${prefix}#: sequence can not be above 9223372036854775807`);
  });
});

describe('a message is refused', () => {
  const told = `${prefix}#/messages/0: #: 0 subschemas matched instead of one`;
  test.each(['action', 'sequence'])('without %s, in the long words of the original', (key) =>
    expect(refusal(withMessage(without(upsert({ id: 1 }), key)))).toBe(
      `${told} #/messages/0: 2 schema violations found #/messages/0: required key [${key}] not found ` +
        `#/messages/0: extraneous key [data] is not permitted #/messages/0: required key [${key}] not found`,
    ),
  );
  test('without data', () =>
    expect(refusal(withMessage({ action: 'upsert', sequence: 1 }))).toBe(
      `${told} #/messages/0/action: upsert is not a valid enum value #/messages/0: required key [data] not found`,
    ));
  test('with data that activates a version', () =>
    expect(refusal(withMessage(upsert({ id: 1 }, { action: 'activate_version' })))).toBe(
      `${told} #/messages/0: extraneous key [data] is not permitted #/messages/0/action: activate_version is not a valid enum value`,
    ));
  test.each([
    ['an unknown key', { extra: 1 }, '#/messages/0: extraneous key [extra] is not permitted'],
    ['another action', { action: 'delete' }, '#/messages/0/action: delete is not a valid enum value'],
    [
      'a sequence that is text',
      { sequence: '1' },
      '#/messages/0/sequence: expected type: Integer, found: String',
    ],
    [
      'a fraction as sequence',
      { sequence: 1.5 },
      '#/messages/0/sequence: expected type: Integer, found: Double',
    ],
    ['an array as data', { data: [] }, '#/messages/0/data: expected type: JSONObject, found: JSONArray'],
    [
      'a number as time_extracted',
      { time_extracted: 5 },
      '#/messages/0/time_extracted: expected type: String, found: Integer',
    ],
  ])('with %s', (_, more, message) => {
    const text = refusal(withMessage(upsert({ id: 1 }, more)));
    expect(text).toContain(told);
    expect(text.endsWith(message)).toBe(true);
  });
  test('that is no object', () =>
    expect(refusal(withMessage('x'))).toBe(
      `${prefix}#/messages/0: expected type: JSONObject, found: String`,
    ));
  test('in the body of every source', () =>
    expect(refusal(withMessage(upsert([])), 'reject')).toContain(told));
});

describe('a record', () => {
  const records: readonly [why: string, body: object, text: string][] = [
    [
      'of a wrong type',
      withMessage(upsert({ id: 'x' })),
      'Record 0 did not conform to schema: #/id: expected: Integer, found: String',
    ],
    [
      'of none of several types',
      batch({
        schema: { properties: { id: { type: ['null', 'integer'] } } },
        messages: [upsert({ id: 'x' })],
      }),
      'Record 0 did not conform to schema: #/id: expected: null or Integer, found: String',
    ],
    [
      'without a required key',
      batch({ schema: { required: ['name'] } }),
      'Record 0 did not conform to schema: #: required key [name] not found',
    ],
    ['without its key', withMessage(upsert({ name: 'x' })), 'Record is missing key property id'],
    [
      'with a key that is null',
      batch({ schema: {}, messages: [upsert({ id: null })] }),
      'Record is missing key property id',
    ],
    [
      'with a key that is an object',
      batch({ schema: {}, messages: [upsert({ id: {} })] }),
      `${prefix}#/messages/0/data/id: a key can not be an object or array`,
    ],
    [
      'with a key that is an array',
      batch({ schema: {}, messages: [upsert({ id: [] })] }),
      `${prefix}#/messages/0/data/id: a key can not be an object or array`,
    ],
    [
      'with a key of 256 characters',
      batch({ schema: {}, messages: [upsert({ id: 'x'.repeat(256) })] }),
      `${prefix}#/messages/0/data/id: a string key can have 255 characters at most`,
    ],
    [
      'with 10,001 data points',
      batch({ messages: [upsert({ id: 1, list: Array.from({ length: 10_000 }, (_, at) => ({ at })) })] }),
      `${prefix}#/messages/0/data: a record can have 10000 data points, found: 10001`,
    ],
  ];
  test.each(records)('%s: the body is refused', (_, body, text) => expect(refusal(body)).toBe(text));
  test.each(records)('%s: only it is rejected, where the source wants so', (_, body, text) => {
    const { messages, rejected } = parse(body, 'reject');
    expect(messages).toEqual([]);
    expect(rejected).toMatchObject([{ position: 0, reason: text, message: { action: 'upsert' } }]);
  });
  test('of 10,000 data points and keys of 255 astral characters are fine', () => {
    const list = Array.from({ length: 9_999 }, (_, at) => at);
    expect(refusal(batch({ schema: {}, messages: [upsert({ id: '😀'.repeat(255), list })] }))).toBe(
      'accepted',
    );
  });
  test('that is rejected stops none of its neighbours', () => {
    const { messages, rejected } = parse(
      batch({ messages: [upsert({ id: 1 }), upsert({ id: 'x' }), upsert({ id: 3 })] }),
      'reject',
    );
    expect(messages.map(({ position }) => position)).toEqual([0, 2]);
    expect(rejected.map(({ position }) => position)).toEqual([1]);
  });
  test.each(['__proto__', 'constructor', 'toString'])('is not taken to have the key %s', (key) => {
    const schema = { properties: { [key]: { type: 'string' } } };
    expect(refusal(batch({ schema, key_names: [key], messages: [upsert({ id: 1 })] }))).toBe(
      `Record is missing key property ${key}`,
    );
  });
  test('may hold what only the destination judges', () =>
    expect(
      refusal(
        '{"table_name":"t","schema":{"properties":{"n":{"type":"integer"},"at":{"type":"string","format":"date-time"}}},' +
          '"messages":[{"action":"upsert","sequence":1,"data":{"n":99999999999999999999,"at":"no date","t":"\\u0000"}}]}',
      ),
    ).toBe('accepted'));
});

describe('a schema is refused', () => {
  test.each([
    [{ type: 'varchar' }, 'unknown type: [varchar]'],
    [{ properties: { a: { type: ['null', 'any'] } } }, 'unknown type: [any]'],
    [{ properties: { a: 5 } }, '#/properties/a: expected type: JSONObject, found: Integer'],
    [{ type: 5 }, '#/type: expected type: String or JSONArray, found: Integer'],
    [{ minLength: -1 }, '#/minLength: expected a whole number from 0 on'],
    [{ multipleOf: 0 }, '#/multipleOf: expected a number above 0'],
    [{ required: 'id' }, '#/required: expected type: JSONArray, found: String'],
    [{ pattern: '(' }, '#/pattern: cannot use this pattern: not a regular expression'],
    [
      { $ref: 'http://example.com/schema.json' },
      '#/$ref: only references within the schema are followed, found: http://example.com/schema.json',
    ],
    [{ $ref: '#/definitions/a' }, '#/$ref: nothing stands at #/definitions/a'],
    [{ allOf: [{ $ref: '#' }] }, '#: references lead back to themselves, or through too many schemas'],
  ])('%j', (schema, message) => expect(refusal(batch({ schema }))).toBe(`Invalid JSON schema: ${message}`));
  test('before any record is looked at, and whatever the source wants', () =>
    expect(refusal(batch({ schema: { type: 'x' }, messages: [upsert({})] }), 'reject')).toBe(
      'Invalid JSON schema: unknown type: [x]',
    ));
  test('when checking takes too long', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `a${at}`,
        at === 39
          ? { type: 'string' }
          : { anyOf: [{ $ref: `#/definitions/a${at + 1}` }, { $ref: `#/definitions/a${at + 1}` }] },
      ]),
    );
    expect(refusal(batch({ schema: { definitions, $ref: '#/definitions/a0' } }))).toBe(
      `${prefix}#/schema: it takes too long to check the records; simplify it or send fewer records`,
    );
  });
});
