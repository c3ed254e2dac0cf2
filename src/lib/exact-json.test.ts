import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ExactJson, InvalidJson, parseExactJson, renderExactJson } from './exact-json.ts';
import { ExactNumber } from './exact-number.ts';

const bytes = (text: string) => Buffer.from(text);
const read = (text: string) => parseExactJson(bytes(text)).value;
const exact = (text: string) => new ExactNumber(text);

/** What JSON.parse gives: every number rounded. */
function rounded(value: ExactJson): unknown {
  if (value instanceof ExactNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, rounded(entry)]));
}

describe('numbers', () => {
  test.each(['0', '-0', '1', '-12.5', '12.50', '0.1', '1e-7', '123456789012345', '9007199254740991'])(
    '%s is a plain number',
    (text) => expect(read(text)).toBe(Number(text)),
  );
  test('a double with 17 digits is plain when a double gives them back', () =>
    expect(read('[0.30000000000000004, -122.41941550000001]')).toEqual([
      0.30000000000000004, -122.41941550000001,
    ]));
  test.each([
    '9007199254740993',
    '9223372036854775807',
    '-9223372036854775809',
    '1795414181040595700',
    '3.0',
    '-0.0',
    '1e2',
    '1E400',
    '-1e400',
    '1e-400',
    '1.5e300',
    '0.1000000000000000055511151231257827',
    '1'.repeat(500),
    `0.${'0'.repeat(400)}1`,
  ])('%s keeps its digits', (text) => {
    expect(read(text)).toEqual(exact(text));
    expect(read(`{"a":[${text}]}`)).toEqual({ a: [exact(text)] });
    expect(read(`[\n${text}\t,{"a" : ${text} }]`)).toEqual([exact(text), { a: exact(text) }]);
  });
  test('a million digits are one number', () => {
    const digits = '7'.repeat(1_000_000);
    expect(read(`[${digits}]`)).toEqual([exact(digits)]);
  });
  test('digits in strings and keys stay text', () =>
    expect(read('{"12345678901234567890":"12345678901234567890","a\\"":" 1.0,"}')).toEqual({
      '12345678901234567890': '12345678901234567890',
      'a"': ' 1.0,',
    }));
});

describe('texts that look like marks', () => {
  test.each(['\u007f1', '"\u007f"', '\\u007f9007199254740993', '\\u007F', '\\\\u007f'])(
    'survive: %j',
    (inner) => {
      const text = `{"${inner.replaceAll('"', '')}":["${inner.replaceAll('"', '')}",9007199254740993]}`;
      const { '': _, ...plain } = JSON.parse(text);
      const [[key, [value]]] = Object.entries<[string]>(plain) as [[string, [string]]];
      expect(read(text)).toEqual({ [key]: [value, exact('9007199254740993')] });
    },
  );
});

describe('what is refused', () => {
  test.each([
    ['', 'Unexpected end of the text: expected a value, at line 1, column 1'],
    ['[1,\n  ]', "Unexpected character (']' (code 93)): expected a value, at line 2, column 3"],
    ['{"a" 1}', "Unexpected character ('1' (code 49)): expected ':', at line 1, column 6"],
    ['{"a":1,}', "Unexpected character ('}' (code 125)): expected a key in quotes, at line 1, column 8"],
    ['[1 2]', "Unexpected character ('2' (code 50)): expected ',' or ']', at line 1, column 4"],
    [
      '[01]',
      "Unexpected character ('0' (code 48)): expected a number as JSON writes it, at line 1, column 2",
    ],
    ['[nul]', "Unexpected character ('n' (code 110)): expected a value or ']', at line 1, column 2"],
    [
      '"\\x"',
      "Unexpected character ('\\' (code 92)): expected an escape that JSON knows, at line 1, column 2",
    ],
    [
      '"a\nb"',
      'Unexpected character (code 10): expected the rest of a string (control characters are escaped), at line 1, column 3',
    ],
    ['{} x', "Unexpected character ('x' (code 120)): expected nothing more, at line 1, column 4"],
    ['\ufeff{}', "Unexpected character ('\ufeff' (code 65279)): expected a value, at line 1, column 1"],
  ])('%j, with its place', (text, message) => {
    expect(() => read(text)).toThrow(new InvalidJson(message));
  });
  test.each([
    '00000000000000000001',
    '{12345678901234567890:1}',
    '{12345678901234567890 : 1}',
    '{"a":12345678901234567890:1}',
    '12345678901234567890.',
    '.12345678901234567890',
    '+12345678901234567890',
    '/12345678901234567890',
    '--12345678901234567890',
    '-',
    '12345678901234567890"a"',
    '[1.0e]',
    '["a"12345678901234567890]',
    '[tru12345678901234567890]',
    '[12345678901234567890',
    '"abc',
    '"abc\\',
  ])('numbers where none may stand: %s', (text) => expect(() => read(text)).toThrow(InvalidJson));
  test('bytes that are no UTF-8', () =>
    expect(() => parseExactJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow(
      new InvalidJson('the text is not valid UTF-8'),
    ));
  test('nesting beyond 100 levels, however deep', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    expect(() => read(nested(100))).not.toThrow();
    expect(() => read(nested(101))).toThrow('nested deeper than 100 levels, at line 1, column 101');
    expect(() => read('['.repeat(1_000_000))).toThrow('nested deeper than 100 levels');
    expect(() => read('{"a":'.repeat(1_000_000))).toThrow('nested deeper than 100 levels');
    expect(read(`["${'['.repeat(1_000)}"]`)).toEqual(['['.repeat(1_000)]);
  });
});

test('more than two million objects and arrays are refused before they take any memory', () => {
  const refusal = new InvalidJson('more than 2000000 objects and arrays');
  expect(() => read(`[${'{},'.repeat(2_000_000)}1]`)).toThrow(refusal);
  expect(() => read('[{"a":'.repeat(1_000_001))).toThrow(refusal);
});

describe('objects', () => {
  test('the last of two equal keys counts', () =>
    expect(read('{"a":9007199254740993,"a":1,"b":1,"b":9007199254740995}')).toEqual({
      a: 1,
      b: exact('9007199254740995'),
    }));
  test('__proto__ is a key like others', () => {
    const value = read('{"__proto__":{"a":9007199254740993},"b":[{"__proto__":3.0}]}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.entries(value)[0]).toEqual(['__proto__', { a: exact('9007199254740993') }]);
    expect(renderExactJson(value as ExactJson)).toBe(
      '{"__proto__":{"a":9007199254740993},"b":[{"__proto__":3.0}]}',
    );
  });
  test('lone surrogates are kept', () => expect(read('"\\ud800"')).toBe('\ud800'));
  test('numbers are found beside the likely place too', () => {
    const text =
      '{"messages":[{"sequence":1795414181040595700,"data":{"sequence":9007199254740993,"x":1.0}},7,{"sequence":2}]}';
    const { value } = parseExactJson(bytes(text), { list: 'messages', key: 'sequence' });
    expect(renderExactJson(value)).toBe(text);
    expect(value).toEqual(read(text));
  });
  test.each([
    ['the key again within a record', '[{"sequence":9007199254740993,"data":{"sequence":9007199254740995}}]'],
    ['the key again within a record only', '[{"sequence":1,"data":{"sequence":9007199254740995}}]'],
    ['a list of the key elsewhere', '[{"sequence":[9007199254740993]},{"a":{"sequence":9007199254740993}}]'],
    ['text that looks like it', '[{"sequence":9007199254740993,"a":"\\"sequence\\":9007199254740995,"}]'],
    ['decimals beside', '[{"sequence":9007199254740993,"a":3.0},{"sequence":1.5e300,"a":"3.0, 1e2 ,"}]'],
    ['no integer', '[{"sequence":9007199254740993.0},{"sequence":-9007199254740993},{"sequence":1e400}]'],
  ])('numbers in the likely place are exact beside %s', (_, list) => {
    for (const [text, place] of [
      [list, null],
      [`{"messages":${list}}`, 'messages'],
    ] as const) {
      const { value } = parseExactJson(bytes(text), { list: place, key: 'sequence' });
      expect(renderExactJson(value)).toBe(text);
      expect(value).toEqual(read(text));
    }
  });
  test('of a likely key that occurs twice the last number counts', () => {
    const twice =
      '[{"sequence":9007199254740993,"sequence":2},{"sequence":2,"sequence":9007199254740995},{"sequence":9007199254740993,"sequence":9007199254740997}]';
    const { value } = parseExactJson(bytes(twice), { list: null, key: 'sequence' });
    expect(value).toEqual([
      { sequence: 2 },
      { sequence: exact('9007199254740995') },
      { sequence: exact('9007199254740997') },
    ]);
  });
  test('of a list that occurs twice the last counts', () => {
    const twice =
      '{"m":[{"sequence":9007199254740993}],"m":[{"sequence":9007199254740995},{"sequence":3.0}]}';
    expect(parseExactJson(bytes(twice), { list: 'm', key: 'sequence' }).value).toEqual({
      m: [{ sequence: exact('9007199254740995') }, { sequence: exact('3.0') }],
    });
  });
  test('the largest element of the list is measured', () => {
    const measure = (text: string, list: string | null) =>
      parseExactJson(bytes(text), { list, key: 'sequence' }).largestElement;
    expect(measure('[{"a":1},{"a":[1,2,3]},[]]', null)).toBe(3);
    expect(measure('{"messages":[{"a":1,"b":{"c":1,"d":2}},1]}', 'messages')).toBe(3);
    expect(measure('{"a":1}', 'messages')).toBe(0);
  });
});

describe('any JSON', () => {
  const number = fc.oneof(
    fc.bigInt().map(String),
    fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
    fc
      .tuple(fc.bigInt(), fc.stringMatching(/^\d{1,30}$/), fc.integer({ min: -400, max: 400 }))
      .map(([whole, fraction, exponent]) => `${whole}.${fraction}e${exponent}`),
    fc
      .tuple(fc.integer(), fc.stringMatching(/^\d{1,30}$/))
      .map(([whole, fraction]) => `${whole}.${fraction}`),
  );
  const text = fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u007f1', 'sequence', '__proto__', '1795414181040595700', ', 3.0,', ':1e2]', '\\'),
      fc.constantFrom('"sequence":9007199254740993', '\\"sequence":9007199254740993,', '[{', ':', '', ' '),
    )
    .map((value) => JSON.stringify(value));
  const space = fc.constantFrom('', ' ', '\n\t');
  const { json } = fc.letrec<{ json: string }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      number,
      text,
      fc.constantFrom('true', 'false', 'null'),
      fc.tuple(fc.array(tie('json')), space).map(([items, gap]) => `[${items.join(`${gap},${gap}`)}${gap}]`),
      fc
        .tuple(fc.array(fc.tuple(text, tie('json'))), space)
        .map(
          ([entries, gap]) => `{${entries.map(([key, entry]) => `${key}${gap}:${gap}${entry}`).join(',')}}`,
        ),
    ),
  }));

  test('is what JSON.parse gives, apart from exact numbers', () =>
    fc.assert(
      fc.property(json, (source) => {
        expect(rounded(read(source))).toEqual(JSON.parse(source));
      }),
    ));
  test('is the same wherever its numbers are expected', () =>
    fc.assert(
      fc.property(json, fc.constantFrom(null, 'sequence', '__proto__'), (source, list) => {
        const { value, largestElement } = parseExactJson(bytes(source), { list, key: 'sequence' });
        expect(value).toEqual(read(source));
        expect(largestElement).toBe(parseExactJson(bytes(source), { list, key: '' }).largestElement);
      }),
    ));
  test('comes back digit for digit', () =>
    fc.assert(
      fc.property(json, (source) => {
        const once = read(source);
        expect(read(renderExactJson(once))).toEqual(once);
      }),
    ));
  test('a number comes back as it was, or is its own double', () =>
    fc.assert(
      fc.property(number, (token) => {
        const value = read(token);
        if (value instanceof ExactNumber) expect(value.text).toBe(token);
        else expect(Number.isInteger(value)).toBe(/^-?\d+$/.test(token));
      }),
    ));
  test('any bytes are either what JSON.parse takes, or refused', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'{}[]":,\\ 0123456789.eE-+tnul\u007f') }),
        (source) => {
          let plain: unknown;
          try {
            plain = JSON.parse(source);
          } catch {
            expect(() => read(source)).toThrow(/expected .*, at line/);
            return;
          }
          expect(rounded(read(source))).toEqual(plain);
        },
      ),
      { numRuns: 2_000 },
    ));
});
