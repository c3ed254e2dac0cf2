import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indentJson } from './indent-json.ts';

test('numbers keep every digit', () => {
  expect(indentJson('{"id":12345678901234567890,"price":1.10,"tags":[],"a":{"b":[1,-2e400]}}')).toBe(
    `{
  "id": 12345678901234567890,
  "price": 1.10,
  "tags": [],
  "a": {
    "b": [
      1,
      -2e400
    ]
  }
}`,
  );
});

test('the text means the same as before', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(indentJson(text))).toEqual(JSON.parse(text));
    }),
  );
});
