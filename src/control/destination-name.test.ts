import { expect, test } from 'vitest';
import { checkNames, defaultName } from './destination-name.ts';

test('a default name is the title, or the title with the first free number', () => {
  expect(defaultName('PostgreSQL', [])).toBe('PostgreSQL');
  expect(defaultName('PostgreSQL', ['PostgreSQL'])).toBe('PostgreSQL 2');
  expect(defaultName('PostgreSQL', ['PostgreSQL', 'PostgreSQL 2', 'PostgreSQL 4'])).toBe('PostgreSQL 3');
});

test.each([
  {},
  { name: 'x'.repeat(255) },
  { name: '😀'.repeat(255) },
  { description: null },
  { description: '' },
  { description: 'two\nlines' },
])('%j is accepted', (names) => {
  checkNames(names);
});

test.each([
  { name: '' },
  { name: ' ' },
  { name: 'x'.repeat(256) },
  { name: 'a\nb' },
  { name: '\ud800' },
  { description: 'a\0b' },
  { description: 'x'.repeat(4097) },
  { description: '\udfff' },
])('%j is refused', (names) => {
  expect(() => checkNames(names)).toThrow(expect.objectContaining({ code: 'InvalidBody' }));
});
