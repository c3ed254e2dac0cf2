import { expect, test } from 'vitest';
import type { ColumnType, Row } from '../../shape/shape.ts';
import { createBinaryRows } from './binary-rows.ts';

const encode = (types: readonly ColumnType[], ...rows: Row[]): Buffer => {
  const encoder = createBinaryRows();
  encoder.append(rows, types);
  return Buffer.concat(encoder.take(true));
};
const hex = (type: ColumnType, value: Row[number]): string => encode([type], [value]).toString('hex', 2);

/** The last microsecond of the year 294276, counted from 2000. */
const last = 9_223_371_331_199_999_999n;

test.each([
  ['boolean', true, '0000000101'],
  ['boolean', false, '0000000100'],
  ['int32', -2, '00000004fffffffe'],
  ['integer', 1, '000000080000000000000001'],
  ['integer', -1, '00000008ffffffffffffffff'],
  ['integer', -4_294_967_297, '00000008fffffffeffffffff'],
  ['integer', Number.MAX_SAFE_INTEGER, '00000008001fffffffffffff'],
  ['integer', -(2n ** 63n), '000000088000000000000000'],
  ['double', -0, '000000088000000000000000'],
  ['numeric', '1e-2', '0000000431652d32'],
  ['text', '', '00000000'],
  ['text', 'aä€𝒳', '0000000a61c3a4e282acf09d92b3'],
  ['timestamp', 946_684_800_000_000, '000000080000000000000000'],
  ['timestamp', 9_224_318_015_999_999_999n, `00000008${last.toString(16)}`],
  ['text', null, 'ffffffff'],
  ['integer', undefined, 'ffffffff'],
] as const)('%s %s', (type, value, expected) => {
  expect(hex(type, value)).toBe(expected);
});

test('rows begin with the number of columns, and short ones are filled up', () => {
  expect(encode(['boolean', 'text'], [true], [null, 'x']).toString('hex')).toBe(
    '0002' + '0000000101' + 'ffffffff' + '0002' + 'ffffffff' + '0000000178',
  );
});

test('rows of any size come out whole, whatever buffers they are cut into', () => {
  const texts = ['short', 'ä'.repeat(50), 'x'.repeat(300_000), 'y'.repeat(100_000), '€'.repeat(90_000), ''];
  const rows = Array.from(
    { length: 200 },
    (_, index): Row => [index, texts[index % texts.length]!, index % 2 === 0],
  );
  const types = ['integer', 'text', 'boolean'] as const;
  const expected = Buffer.concat(rows.map((row) => encode(types, row)));
  const encoder = createBinaryRows();
  const parts: Buffer[] = [];
  for (const row of rows) {
    encoder.append([row], types);
    for (const buffer of encoder.take(false)) {
      parts.push(Buffer.from(buffer));
      encoder.recycle(buffer);
    }
  }
  parts.push(...encoder.take(true));
  expect(encoder.bytes).toBe(0);
  expect(Buffer.concat(parts).equals(expected)).toBe(true);
});
