import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { givenToken, newToken, operatorToken } from './new-token.ts';

test('a made token has the prefix of its kind and 256 random bits', () => {
  expect(newToken({ kind: 'access' }, givenToken).value).toMatch(/^ac_[\w-]{43}$/);
  expect(newToken({ kind: 'import' }, givenToken).value).toMatch(/^at_[\w-]{43}$/);
  expect(newToken({ kind: 'access' }, givenToken).value).not.toBe(
    newToken({ kind: 'access' }, givenToken).value,
  );
});

test('the store sees the hash of a token and its last four characters', () => {
  const { value, stored } = newToken({ kind: 'access', name: 'CI' }, givenToken);
  expect(stored).toEqual({
    kind: 'access',
    hash: createHash('sha256').update(value).digest('hex'),
    hint: value.slice(-4),
    name: 'CI',
  });
});

test('a given value is kept', () => {
  const value = 'f00d'.repeat(8);
  expect(newToken({ kind: 'access', value }, givenToken).value).toBe(value);
  expect(newToken({ kind: 'access', value: 'dev-token' }, operatorToken).value).toBe('dev-token');
});

test.each([
  ['a short one', 'x'.repeat(31), givenToken],
  ['one with blanks', `${'x'.repeat(32)} y`, givenToken],
  ['one that a header cannot carry', `${'x'.repeat(32)}ü`, givenToken],
  ['a line break in an operator’s', 'dev-token\n', operatorToken],
  ['a very short one of an operator', 'devtok', operatorToken],
])('%s is refused, without repeating it', (_, value, rule) => {
  const attempt = () => newToken({ kind: 'access', value }, rule);
  expect(attempt).toThrow(Failure);
  try {
    attempt();
  } catch (error) {
    expect(JSON.stringify(error)).not.toContain(value.trim());
    expect(error).toMatchObject({ code: 'InvalidForm', data: { errors: { token: rule.why } } });
  }
});
