import { expect, test } from 'vitest';
import { parseSecretText, secretText } from './secret-text.ts';

test('a text is sealed as it is, even if it looks like JSON', () => {
  expect(secretText('{"a":1}')).toBe('{"a":1}');
  expect(parseSecretText({ natural: 'string' }, '{"a":1}')).toBe('{"a":1}');
});

test('an object comes back as it was', () => {
  const key = { private_key: '-----BEGIN\n', nested: { list: [1, null] } };
  expect(parseSecretText({ natural: 'object' }, secretText(key))).toEqual(key);
});
