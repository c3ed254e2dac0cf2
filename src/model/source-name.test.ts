import { expect, test } from 'vitest';
import { deriveSourceName, isSourceName } from './source-name.ts';

test.each([
  ['Import API', 'import_api'],
  ['DISPLAY_NAME!!!', 'display_name'],
  ['  Orders -- (new)  ', 'orders_new'],
  ['my-shop', 'my_shop'],
  ['_kept_', '_kept_'],
  ['Bestellungen für Köln', 'bestellungen_fur_koln'],
  ['a$b', 'a$b'],
  ['####', ''],
  ['日本', ''],
])('%j leads to the name %j', (displayName, name) => {
  expect(deriveSourceName(displayName)).toBe(name);
});

test.each(['a', '_1', 'a$', 'x'.repeat(49)])('%j is a name', (name) => {
  expect(isSourceName(name)).toBe(true);
});

test.each(['', '1a', '$a', 'A', 'a b', 'a-b', 'x'.repeat(50), 'a\n'])('%j is no name', (name) => {
  expect(isSourceName(name)).toBe(false);
});
