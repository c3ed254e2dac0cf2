import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const documents = {
  'security.md': [
    'X2–X5',
    'X6',
    'X7',
    'X8, X9',
    ...['X10', 'X11', 'X12', 'X14', 'X15', 'X16', 'X17', 'X18', 'X23'],
  ],
  'faults.md': [
    ...[
      'R1',
      'R2',
      'R3',
      'R4',
      'R5, R7, R9',
      'R6',
      'R8',
      'R10',
      'R11',
      'R12',
      'R13',
      'R14',
      'R15',
      'R16',
      'R17',
    ],
    ...['R18', 'R19', 'R20', 'S1–S3', 'S4–S6', 'S7–S9', 'S10–S16', 'X1', 'X13', 'X22'],
  ],
};

describe.each(Object.entries(documents))('docs/%s', (name, faults) => {
  const document = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

  test('names tests that are there', () => {
    const promises = [...document.matchAll(/^- `([^`]+)` › (.+)$/gm)].map(([, file = '', words = '']) => ({
      file,
      words,
    }));
    expect(promises.length).toBeGreaterThan(40);
    const gone = promises.filter(({ file, words }) => {
      const at = new URL(`../../${file}`, import.meta.url);
      return !existsSync(at) || !readFileSync(at, 'utf8').includes(words);
    });
    expect(gone).toEqual([]);
  });

  test.each(faults)('%s has its paragraph, with its tests', (fault) => {
    const [, paragraph = ''] = document.split(`**${fault}. `);
    expect(paragraph.split('\n\n')[0]).toMatch(/^- `/m);
  });
});
