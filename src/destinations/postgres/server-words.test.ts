import { expect, test } from 'vitest';
import { serverWords } from './server-words.ts';

const said = (message: string) => Object.assign(new Error(message), { code: '53100', severity: 'ERROR' });

test('what a server says loses the words that hold the password', () => {
  expect(serverWords(said('role "u" with swordfish-1 is unknown'), 'swordfish-1')).toBe(
    'role "u" with ********** is unknown (SQLSTATE 53100)',
  );
});

test('a short password cannot be read from what is left of a word', () => {
  expect(serverWords(said('could not extend file'), 'x')).toBe('could not ********** file (SQLSTATE 53100)');
});

test('a password with spaces goes as a whole', () => {
  expect(serverWords(said('refused: open sesame!'), 'open sesame')).toBe(
    'refused: **********! (SQLSTATE 53100)',
  );
});

test('words of anything but a server are not repeated', () => {
  expect(serverWords(new Error('connect ECONNREFUSED'), 'x')).toBe('');
});
