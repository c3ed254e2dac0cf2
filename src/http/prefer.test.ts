import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePrefer } from './prefer.ts';

test.each([
  [undefined, null, false, null],
  ['', null, false, null],
  ['wait=10', 10, false, 'wait=10'],
  ['wait="10"', 10, false, 'wait=10'],
  ['WAIT=10', 10, false, 'wait=10'],
  ['wait = 10', 10, false, 'wait=10'],
  ['wait=0', 1, false, 'wait=1'],
  ['wait=99999999999999999999', 30, false, 'wait=30'],
  ['wait=31', 30, false, 'wait=30'],
  ['wait=-5', null, false, null],
  ['wait=1.5', null, false, null],
  ['wait=abc', null, false, null],
  ['wait', null, false, null],
  ['wait=5, wait=7', 5, false, 'wait=5'],
  ['handling=strict', null, true, 'handling=strict'],
  ['handling="strict"', null, true, 'handling=strict'],
  ['Handling=Strict', null, true, 'handling=strict'],
  ['handling=lenient', null, false, 'handling=lenient'],
  ['handling=lenient, handling=strict', null, false, 'handling=lenient'],
  ['handling=other', null, false, null],
  ['wait=5, handling=strict', 5, true, 'handling=strict'],
  ['handling=lenient, wait=5', 5, false, 'wait=5, handling=lenient'],
  ['respond-async, wait=5; foo="a, b", handling=strict', 5, true, 'handling=strict'],
  ['foo="wait=9, handling=strict", wait=5', 5, false, 'wait=5'],
  ['foo="a\\"b, wait=9", wait=5', 5, false, 'wait=5'],
  ['return=representation', null, false, null],
  ['"wait=5"', null, false, null],
  [',,,', null, false, null],
])('Prefer: %j', (header, waitSeconds, strict, applied) => {
  const lenient = applied?.endsWith('lenient') ?? false;
  expect(parsePrefer(header)).toEqual({ waitSeconds, strict, lenient, applied });
});

test('never throws and is quick, whatever the header says', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'wait=9,;" \\handlig') }), (header) => {
      const { waitSeconds } = parsePrefer(header);
      expect(waitSeconds === null || (waitSeconds >= 1 && waitSeconds <= 30)).toBe(true);
    }),
  );
  parsePrefer(`${'wait="\\'.repeat(4000)}`);
});
