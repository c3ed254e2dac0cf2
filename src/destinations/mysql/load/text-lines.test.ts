import { expect, test } from 'vitest';
import { renderLines, textOf } from './text-lines.ts';

test('times are written as MySQL reads them, to the microsecond', () => {
  for (const [milliseconds, rest, text] of [
    ['2026-11-24T09:08:07.006Z', 5, '2026-11-24 09:08:07.006005'],
    ['2026-11-24T23:59:59.999Z', 999, '2026-11-24 23:59:59.999999'],
    ['1000-01-01T00:00:00.000Z', 0, '1000-01-01 00:00:00.000000'],
    ['1969-12-31T23:59:59.999Z', 999, '1969-12-31 23:59:59.999999'],
    ['9999-12-31T23:59:59.999Z', 999, '9999-12-31 23:59:59.999999'],
  ] as const) {
    const micros = BigInt(Date.parse(milliseconds)) * 1_000n + BigInt(rest);
    expect(textOf(micros, 'timestamp')).toBe(text);
    if (Number.isSafeInteger(Number(micros))) expect(textOf(Number(micros), 'timestamp')).toBe(text);
  }
});

test('what would end a value or a line is escaped, and short rows are filled up', () => {
  expect(renderLines([['a\tb\nc\\d\0', null, true], [undefined]], ['text', 'text', 'boolean'])).toBe(
    'a\\tb\\nc\\\\d\\0\t\\N\t1\n\\N\t\\N\t\\N\n',
  );
});
