import { expect, test } from 'vitest';
import { Bug } from '../../errors/bug.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from './quote.ts';

test('identifiers keep every character and cannot end early', () => {
  expect(quoteIdentifier('orders')).toBe('"orders"');
  expect(quoteIdentifier('a"; drop table b; --')).toBe('"a""; drop table b; --"');
  expect(quoteQualified('My Schema', 'naïve')).toBe('"My Schema"."naïve"');
});

test('literals mean the same whatever standard_conforming_strings says', () => {
  expect(quoteLiteral("it's")).toBe("'it''s'");
  expect(quoteLiteral("\\'; drop table b; --")).toBe("E'\\\\''; drop table b; --'");
});

test('what PostgreSQL cannot hold is a bug by the time it is quoted', () => {
  expect(() => quoteIdentifier('')).toThrow(Bug);
  expect(() => quoteIdentifier('a\0b')).toThrow(Bug);
  expect(() => quoteLiteral('a\0b')).toThrow(Bug);
});
