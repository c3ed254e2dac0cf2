import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const exists = (file: string): boolean => existsSync(new URL(`../../${file}`, import.meta.url));

interface Named {
  readonly file: string;
  readonly name: string;
}

const rows = read('docs/contract-tests.md')
  .split('\n')
  .filter((line) => /^\| (?!promise )/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));
const named = (cell = ''): Named[] =>
  [...cell.matchAll(/`([^`]+)` › (.+?)(?=<br>|$)/g)].map(([, file = '', name = '']) => ({ file, name }));

/** As the whole of a string, or as part of a template. */
const isName = (text: string, name: string): boolean =>
  ["'", '"'].some((quote) => text.includes(quote + name + quote)) ||
  (text.match(/`[^`\n]*`/g) ?? []).some((template) => template.includes(name));

test('each promise of the contracts names a test, or says why there is none', () => {
  expect(rows.length).toBeGreaterThan(100);
  const without = rows.filter(([, cell]) => named(cell).length === 0);
  expect(without.filter(([, cell]) => !/^not tested: .{20,}/.test(cell ?? ''))).toEqual([]);
  expect(without.length).toBeLessThan(8);
});

test('what must stand in a destination is tried on a server, not in memory alone', () => {
  const [, loading = ''] = read('docs/contract-tests.md').split(/^## .*$/m);
  const cells = loading.split('\n').filter((line) => line.includes(' › '));
  expect(cells.length).toBeGreaterThan(50);
  expect(cells.filter((line) => named(line).every(({ file }) => file.startsWith('src/')))).toEqual([]);
});

test('the names are those of tests', () => {
  const gone = rows
    .flatMap(([, cell]) => named(cell))
    .filter(({ file, name }) => !exists(file) || !isName(read(file), name));
  expect(gone).toEqual([]);
});
