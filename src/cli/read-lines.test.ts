import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readLines } from './read-lines.ts';

async function linesOf(...chunks: string[]): Promise<(string | number)[][]> {
  const found: (string | number)[][] = [];
  for await (const lines of readLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))))
    for (const { bytes, number } of lines) found.push([number, Buffer.from(bytes).toString()]);
  return found;
}

test.each([
  [
    ['a\nb\n'],
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    ['a\n', 'b'],
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    ['one ', 'lo', 'ng line\nb'],
    [
      [1, 'one long line'],
      [2, 'b'],
    ],
  ],
  [
    ['a\n\n\r\n \t\r\ne'],
    [
      [1, 'a'],
      [5, 'e'],
    ],
  ],
  [
    ['\u{feff}a\n\u{feff}b'],
    [
      [1, 'a'],
      [2, '\u{feff}b'],
    ],
  ],
  [[], []],
])('%j has the lines %j, numbered as an editor does', async (chunks, lines) => {
  expect(await linesOf(...chunks)).toEqual(lines);
});

test('a line that could never be sent is refused before it fills the memory', async () => {
  const megabyte = 'x'.repeat(1024 * 1024);
  await expect(linesOf('a\n', ...Array.from({ length: 21 }, () => megabyte))).rejects.toThrow(
    'line 2 is longer than',
  );
});
