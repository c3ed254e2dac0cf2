import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const document = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const promises = [...document.matchAll(/^- `([^`]+)` › (.+)$/gm)].map(([, file = '', name = '']) => ({
  file,
  name,
}));

test('every promise of docs/security.md names tests that are there', () => {
  expect(promises.length).toBeGreaterThan(40);
  const gone = promises.filter(({ file, name }) => {
    const at = new URL(`../../${file}`, import.meta.url);
    return !existsSync(at) || !readFileSync(at, 'utf8').includes(name);
  });
  expect(gone).toEqual([]);
});

test.each(['X2–X5', 'X6', 'X7', 'X8, X9', 'X10', 'X11', 'X12', 'X14', 'X15', 'X16', 'X17', 'X18', 'X23'])(
  '%s has its paragraph',
  (fault) => {
    expect(document).toContain(`**${fault}. `);
  },
);
