import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern } from './pattern.ts';
import { UnusablePattern } from './pattern-syntax.ts';
import { OutOfSteps, StepBudget } from './step-budget.ts';

const finds = (pattern: string, text: string) => compilePattern(pattern)(text, new StepBudget(10_000_000));

describe('a pattern finds what RegExp finds', () => {
  const patterns = [
    '',
    'a',
    '^a*$',
    '^[a-c]+x?$',
    'a|bc|',
    '^(?:ab|c){2,3}$',
    '(a{2}){0,2}b',
    '^\\d{3}-\\w+\\s?$',
    '\\bfoo\\b',
    '\\Boo',
    '^.{2}$',
    '^[^\\]a-]$',
    '^\\u0061\\x62\\n?$',
    '^(?<year>\\d{4})$',
    'a*?b+?',
    '^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$',
    '^\\p{L}+$',
    '^😀$',
    '(^a|b$)',
    '{a}',
    '\\-\\/',
  ];
  const texts = [
    '',
    'a',
    'aa',
    'aab',
    'bc',
    'abab',
    'abc',
    'ababc',
    '123-ab ',
    'a foo b',
    'food',
    'oo',
    'ab',
    'ab\n',
    'a\nb',
    ']',
    '-',
    '2024',
    'x@y.de',
    'äöü',
    '😀',
    '😀😀',
    '{a}',
    '-/',
    'cax',
    'b',
  ];
  const native = (pattern: string) => {
    try {
      return new RegExp(pattern, 'u');
    } catch {
      return new RegExp(pattern);
    }
  };
  test.each(patterns)('%s', (pattern) => {
    expect(texts.filter((text) => finds(pattern, text))).toEqual(
      texts.filter((text) => native(pattern).test(text)),
    );
  });
  test('and so for any pattern of these parts', () => {
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '^', '$', '\\b', '\\w', '\\d'),
        fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => left + right),
        fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `(?:${left}|${right})`),
        fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}'))
          .map(([part, quantifier]) => `(?:${part})${quantifier}`),
      ),
    }));
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom('a', 'b', '1', ' '), maxLength: 8 }),
        (source, text) => {
          expect(finds(source, text)).toBe(new RegExp(source, 'u').test(text));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('hostile patterns', () => {
  test.each(['(a+)+$', '(a|aa)+$', '(a*)*b', 'a*a*a*a*a*a*b', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    '%s takes linear time',
    (pattern) => expect(finds(pattern, `${'a'.repeat(50_000)}!`)).toBe(false),
  );
  test.each(['(?=a)b', '(?!a)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<x>a)\\k<x>'])(
    '%s is refused',
    (pattern) => expect(() => finds(pattern, '')).toThrow(UnusablePattern),
  );
  test.each(['(', '[', 'a**', '(?', '\\'])('%s is no pattern', (pattern) =>
    expect(() => finds(pattern, '')).toThrow('not a regular expression'),
  );
  test.each([
    '(a{1000}){1000}',
    'a{100000}',
    `${'('.repeat(1_000)}a${')'.repeat(1_000)}`,
    'a'.repeat(20_000),
  ])('too large patterns are refused', (pattern) =>
    expect(() => finds(pattern, '')).toThrow(UnusablePattern),
  );
  test('steps are bounded', () =>
    expect(() => compilePattern('(a?){500}b')('a'.repeat(100_000), new StepBudget(100_000))).toThrow(
      OutOfSteps,
    ));
});
