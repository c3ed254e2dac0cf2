import { expect, test } from 'vitest';
import { renderEntries, renderTable } from './table.ts';

test('a table aligns its columns, numbers to the right, and shows null as a dash', () => {
  const rows = [
    [7, 'Acme', null],
    [100001, 'A', 'x'],
  ];
  expect(renderTable(['ID', 'NAME', 'NOTE'], rows, 'Nothing.')).toBe(
    '    ID  NAME  NOTE\n     7  Acme  -\n100001  A     x\n',
  );
});

test('a table without rows says so', () => {
  expect(renderTable(['ID'], [], 'There is nothing yet.')).toBe('There is nothing yet.\n');
});

test('a name with control characters can neither forge a row nor reach the terminal', () => {
  const forged = renderTable(['NAME'], [['a\n\u001b[2Jb\u202e']], '');
  expect(forged).toBe('NAME\na\\n\\u{1b}[2Jb\\u{202e}\n');
});

test('entries are label and value, those that are undefined left out', () => {
  expect(renderEntries({ id: 7, company: 'Acme', token: undefined, partner: null })).toBe(
    'id       7\ncompany  Acme\npartner  -\n',
  );
});
