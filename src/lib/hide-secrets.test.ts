import { expect, test } from 'vitest';
import { hideSecrets } from './hide-secrets.ts';

test('every occurrence of every secret is hidden, the longest first', () => {
  expect(hideSecrets('user=ab password=abc again abc', ['ab', 'abc'])).toBe(
    'user=[hidden] password=[hidden] again [hidden]',
  );
});

test('an empty secret hides nothing', () => {
  expect(hideSecrets('text', [''])).toBe('text');
});
