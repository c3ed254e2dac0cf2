import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryWarehouse } from '../../test/support/memory-warehouse.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { parseDecimal } from './decimal.ts';
import type { Value } from './shape.ts';

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[1-9]\\d{${min},${max}}$`));
const token = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), digits(0, 25), digits(400, 500)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,25}$/)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?\d{1,3}$/)),
  )
  .map((parts) => parts.join(''));

/** As the parser of request bodies gives a number. */
function parsed(text: string): number | ExactNumber {
  const { digits: significant, isIntegerToken } = parseDecimal(text);
  const plain = Number(text);
  const isPlain =
    significant.length <= 15 && Number.isInteger(plain) === isIntegerToken && Math.abs(plain) < 2 ** 53;
  return isPlain && Math.abs(plain) > 1e-300 ? plain : new ExactNumber(text);
}

const schema = fc.constantFrom<object>(
  {},
  { type: 'integer' },
  { type: 'number' },
  { type: ['number', 'string'] },
  { type: 'number', multipleOf: 0.01 },
  { type: 'string' },
);

function sameNumber(stored: Value, text: string): boolean {
  const { isIntegerToken: _, ...kept } = parseDecimal(String(stored));
  const { isIntegerToken: __, ...sent } = parseDecimal(text);
  const same =
    kept.digits === sent.digits &&
    (kept.digits === '' || (kept.exponent === sent.exponent && kept.negative === sent.negative));
  // 16 and 17 digits make a double, which another text of the same length may stand for.
  return same || (typeof stored === 'number' && sent.digits.length <= 17 && stored === Number(text));
}

test('every number is kept digit for digit in one column, or its record is rejected with a reason', () => {
  fc.assert(
    fc.property(token, schema, (text, place) => {
      const warehouse = createMemoryWarehouse();
      const { reports } = warehouse.load({
        schema: { properties: { value: place } },
        records: [{ data: { id: 1, value: parsed(text) } }],
      });
      const [row] = warehouse.rows('people');
      if (!row) {
        expect(reports).toHaveLength(1);
        expect(reports[0]!.code).toMatch(/^(integer|decimal)OutOfRange$/);
        return;
      }
      expect(reports).toEqual([]);
      const { value } = row;
      expect(sameNumber(value, text), `${text} became ${String(value)}`).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('every text is kept as it is, or its record is rejected with a reason', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const warehouse = createMemoryWarehouse();
      const { reports } = warehouse.load({ records: [{ data: { id: 1, text } }] });
      if (text.includes('\0') || !text.isWellFormed()) expect(reports).toHaveLength(1);
      else expect(warehouse.rows('people')).toEqual([{ id: 1, text }]);
    }),
  );
});

test('whatever a record holds, it becomes a row or a rejection, and nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.array(fc.object({ maxDepth: 4, withNullPrototype: true }), { maxLength: 5 }),
      (records) => {
        const warehouse = createMemoryWarehouse();
        const { reports } = warehouse.load({ keys: [], records: records.map((data) => ({ data })) });
        const rejected = reports.filter(({ kind }) => kind === 'record').length;
        expect(warehouse.rows('people').length + rejected).toBe(records.length);
        for (const { reason } of reports) expect(reason.isWellFormed() && !reason.includes('\0')).toBe(true);
      },
    ),
  );
});
