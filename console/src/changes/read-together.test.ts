import { expect, test } from 'vitest';
import { readTogether } from './read-together.ts';

test.each([
  ['coupon__bi bigint, coupon__st text', 'postgres', 'coalesce(coupon__st, cast(coupon__bi as text))'],
  ['age bigint, age__st longtext', 'mysql_destination', 'coalesce(age__st, cast(age as char))'],
  [
    '"my age__bi" bigint, "my age__st" text',
    'postgres',
    'coalesce("my age__st", cast("my age__bi" as text))',
  ],
  ['age__bi bigint, age__fl double precision', 'postgres', null],
  ['price numeric(38, 9), price__st text', 'postgres', 'coalesce(price__st, cast(price as text))'],
  ['age text', 'postgres', null],
])('%s in %s', (after, type, expected) => {
  expect(readTogether(after, type)).toBe(expected);
});
