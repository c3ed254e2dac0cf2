import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ExactJsonObject, parseExactJson } from '../../lib/exact-json.ts';
import { Run } from './check.ts';
import { compileSchema } from './compile-schema.ts';
import { compareNumbers, isMultipleOf } from './decimal.ts';

const read = (text: string) => parseExactJson(Buffer.from(text)).value;

/** Null, or `path: message`. Both are JSON texts, so that numbers are as senders write them. */
function judge(schema: string, value: string): string | null {
  const found = compileSchema(read(schema) as ExactJsonObject)(read(value), new Run(100_000));
  return found === null ? null : `${found.path}: ${found.message}`;
}

describe.each<[schema: string, fine: readonly string[], broken: readonly (readonly [string, string])[]]>([
  ['{}', ['1', '"a"', 'null', '{}'], []],
  [
    '{"type":"integer"}',
    ['1', '-0', '99999999999999999999'],
    [
      ['1.0', ': expected: Integer, found: Double'],
      ['1e2', ': expected: Integer, found: Double'],
      ['"1"', ': expected: Integer, found: String'],
    ],
  ],
  ['{"type":"number"}', ['1', '1.0', '1e400'], [['true', ': expected: Number, found: Boolean']]],
  [
    '{"type":"string","format":"date-time"}',
    ['"no date"'],
    [
      ['3000000000', ': expected: String, found: Long'],
      ['null', ': expected: String, found: null'],
    ],
  ],
  [
    '{"type":["null","object"]}',
    ['null', '{}'],
    [['[]', ': expected: null or JSONObject, found: JSONArray']],
  ],
  [
    '{"type":"array"}',
    ['[]'],
    [
      ['{}', ': expected: JSONArray, found: JSONObject'],
      ['99999999999999999999', ': expected: JSONArray, found: BigInteger'],
    ],
  ],
  [
    '{"enum":["a",1,{"b":[1.0],"a":2}]}',
    ['"a"', '1', '1.0', '{"a":2,"b":[1]}'],
    [
      ['"b"', ': not a valid enum value'],
      ['true', ': not a valid enum value'],
    ],
  ],
  [
    '{"const":9007199254740993}',
    ['9007199254740993', '9007199254740993.0'],
    [['9007199254740992', ': not the value of const']],
  ],
  [
    '{"minimum":-9223372036854775808}',
    ['-9223372036854775808', '"x"'],
    [['-9223372036854775809', ': -9223372036854775809 is not greater or equal to -9223372036854775808']],
  ],
  [
    '{"maximum":3}',
    ['3', '3.0', '-1e400'],
    [['3.0000000000000000001', ': 3.0000000000000000001 is not less or equal to 3']],
  ],
  ['{"minimum":1,"exclusiveMinimum":true}', ['1.1'], [['1', ': 1 is not greater than 1']]],
  ['{"maximum":1,"exclusiveMaximum":true}', ['0'], [['1', ': 1 is not less than 1']]],
  ['{"exclusiveMinimum":1}', ['2'], [['1', ': 1 is not greater than 1']]],
  ['{"exclusiveMaximum":1}', ['0'], [['1', ': 1 is not less than 1']]],
  [
    '{"multipleOf":0.01}',
    ['0.07', '1', '19.99', '1e300', '0.0'],
    [['0.075', ': 0.075 is not a multiple of 0.01']],
  ],
  [
    '{"multipleOf":3}',
    ['9', '90071992547409930', '-3.0'],
    [['9007199254740994', ': 9007199254740994 is not a multiple of 3']],
  ],
  ['{"multipleOf":1e-38}', ['0.00000000000000000000000000000000000001'], []],
  [
    '{"minLength":2,"maxLength":3}',
    ['"ab"', '"😀😀"', '"abc"', '7'],
    [
      ['"😀"', ': expected minLength: 2, actual: 1'],
      ['"abcd"', ': expected maxLength: 3, actual: 4'],
    ],
  ],
  ['{"pattern":"^a+$"}', ['"aa"', '1'], [['"b"', ': string does not match pattern ^a+$']]],
  [
    '{"items":{"type":"integer"},"minItems":1,"maxItems":2}',
    ['[1]', '[1,2]'],
    [
      ['[]', ': expected minimum item count: 1, found: 0'],
      ['[1,2,3]', ': expected maximum item count: 2, found: 3'],
      ['[1,"x"]', '/1: expected: Integer, found: String'],
    ],
  ],
  [
    '{"items":[{"type":"integer"}],"additionalItems":false}',
    ['[]', '[1]'],
    [
      ['["x"]', '/0: expected: Integer, found: String'],
      ['[1,2]', ': expected: [1] array items, found: [2]'],
    ],
  ],
  [
    '{"items":[{}],"additionalItems":{"type":"null"}}',
    ['[1,null]'],
    [['[1,2]', '/1: expected: null, found: Integer']],
  ],
  [
    '{"uniqueItems":true}',
    ['[1,2]', '[{"a":1},{"a":2}]'],
    [
      ['[1,1.0]', ': array items are not unique'],
      ['[{"a":1,"b":2},{"b":2,"a":1}]', ': array items are not unique'],
    ],
  ],
  ['{"required":["a"]}', ['{"a":null}', '[]'], [['{}', ': required key [a] not found']]],
  [
    '{"properties":{"a":{"required":true,"type":"string"}}}',
    ['{}', '{"a":"x"}'],
    [['{"a":1}', '/a: expected: String, found: Integer']],
  ],
  [
    '{"properties":{"a":{"properties":{"b/c~d":{"type":"null"}}}}}',
    ['{"a":{}}'],
    [['{"a":{"b/c~d":1}}', '/a/b~1c~0d: expected: null, found: Integer']],
  ],
  [
    '{"properties":{"a":{}},"patternProperties":{"^x":{"type":"null"}},"additionalProperties":false}',
    ['{"a":1,"xy":null}'],
    [
      ['{"xy":1}', '/xy: expected: null, found: Integer'],
      ['{"b":1}', ': extraneous key [b] is not permitted'],
    ],
  ],
  [
    '{"additionalProperties":{"type":"integer"}}',
    ['{"a":1}'],
    [['{"a":"x"}', '/a: expected: Integer, found: String']],
  ],
  [
    '{"minProperties":1,"maxProperties":2}',
    ['{"a":1}'],
    [
      ['{}', ': minimum size: [1], found: [0]'],
      ['{"a":1,"b":1,"c":1}', ': maximum size: [2], found: [3]'],
    ],
  ],
  [
    '{"dependencies":{"a":["b"],"c":{"required":["d"]},"e":"f"}}',
    ['{"a":1,"b":1}', '{"c":1,"d":1}', '{}'],
    [
      ['{"a":1}', ': property [b] is required'],
      ['{"c":1}', ': required key [d] not found'],
      ['{"e":1}', ': property [f] is required'],
    ],
  ],
  ['{"allOf":[{"type":"integer"},{"minimum":2}]}', ['2'], [['1', ': 1 is not greater or equal to 2']]],
  [
    '{"anyOf":[{"type":"string","format":"date-time"},{"type":"string"}]}',
    ['"x"'],
    [['1', ': no subschema matched out of the total 2 subschemas']],
  ],
  [
    '{"oneOf":[{"type":"integer"},{"minimum":2}]}',
    ['1', '2.5'],
    [
      ['3', ': 2 subschemas matched instead of one'],
      ['1.5', ': 0 subschemas matched instead of one'],
    ],
  ],
  ['{"not":{"type":"integer"}}', ['"x"'], [['1', ': subject must not be valid against schema']]],
  ['{"properties":{"a":true,"b":false}}', ['{"a":1}'], [['{"b":1}', '/b: false schema always fails']]],
  [
    '{"definitions":{"a":{"type":["integer","array"],"items":{"$ref":"#/definitions/a"}}},"$ref":"#/definitions/a"}',
    ['1', '[1,[2]]'],
    [['[1,["x"]]', '/1/0: expected: Integer or JSONArray, found: String']],
  ],
  [
    '{"id":"http://example.com/s","properties":{"a/b":{"type":"null"},"c":{"$ref":"http://example.com/s#/properties/a~1b"}}}',
    ['{"c":null}'],
    [['{"c":1}', '/c: expected: null, found: Integer']],
  ],
  [
    '{"properties":{"$ref":{"type":"null"}},"format":"nonsense","inclusion":"automatic"}',
    ['{"$ref":null}'],
    [['{"$ref":1}', '/$ref: expected: null, found: Integer']],
  ],
])('%s', (schema, fine, broken) => {
  test.each(fine)('takes %s', (value) => expect(judge(schema, value)).toBeNull());
  if (broken.length > 0)
    test.each(broken)('refuses %s', (value, message) => expect(judge(schema, value)).toBe(message));
});

describe('decimals', () => {
  const decimal = fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 20 }))
    .map(([digits, places]) => ({
      text: `${digits}e-${places}`,
      scaled: digits * 10n ** BigInt(20 - places),
    }));
  const number = (text: string) => read(text) as Parameters<typeof compareNumbers>[0];
  test('compare exactly', () =>
    fc.assert(
      fc.property(decimal, decimal, (left, right) => {
        const order = compareNumbers(number(left.text), number(right.text));
        expect(Math.sign(order)).toBe(left.scaled < right.scaled ? -1 : left.scaled > right.scaled ? 1 : 0);
      }),
    ));
  test('divide exactly', () =>
    fc.assert(
      fc.property(decimal, decimal, fc.bigInt({ min: -1_000n, max: 1_000n }), (value, step, times) => {
        fc.pre(step.scaled > 0n);
        expect(isMultipleOf(number(value.text), number(step.text))).toBe(value.scaled % step.scaled === 0n);
        expect(isMultipleOf(number(`${step.scaled * times}e-20`), number(step.text))).toBe(true);
      }),
    ));
});
