import { isNumberToken } from './number-tokens.ts';

/**
 * Why a text that was refused is no JSON, or none that we read, and where: the first character that cannot stand
 * there. Linear, and does not recurse; at most one character of the text is quoted, so that the answer and the log
 * repeat no secrets.
 * @param maxDepth brackets that may be open at a time
 */
export function describeJsonProblem(text: string, maxDepth: number): string {
  const { place, expected } = firstProblem(text, maxDepth);
  const before = text.slice(0, place);
  const line = before.split('\n').length;
  const column = place - (before.lastIndexOf('\n') + 1) + 1;
  const code = text.codePointAt(place);
  const found =
    code === undefined ? 'Unexpected end of the text' : `Unexpected character (${showCharacter(code)})`;
  const what =
    expected === tooDeep ? `nested deeper than ${maxDepth} levels` : `${found}: expected ${expected}`;
  return `${what}, at line ${line}, column ${column}`;
}
const tooDeep = 'fewer brackets';

interface Problem {
  readonly place: number;
  readonly expected: string;
}

const showCharacter = (code: number): string =>
  code < 0x20 || code === 0x7f || (code >= 0xd800 && code <= 0xdfff)
    ? `code ${code}`
    : `'${String.fromCodePoint(code)}' (code ${code})`;

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'next';

const words: Readonly<Record<Expected, string>> = {
  value: 'a value',
  'value-or-end': "a value or ']'",
  key: 'a key in quotes',
  'key-or-end': "a key in quotes or '}'",
  colon: "':'",
  next: "',' or the end",
};

function firstProblem(text: string, maxDepth: number): Problem {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let place = 0;
  for (;;) {
    place = match(space, text, place) ?? place;
    const character = text[place];
    const problem = { place, expected: words[expected] };
    if (character === undefined) return problem;
    switch (expected) {
      case 'value':
      case 'value-or-end': {
        if (character === ']' && expected === 'value-or-end') {
          open.pop();
          expected = 'next';
        } else if (character === '[' || character === '{') {
          if (open.length === maxDepth) return { place, expected: tooDeep };
          open.push(character);
          expected = character === '[' ? 'value-or-end' : 'key-or-end';
        } else {
          const end = endOfScalar(text, place);
          if (typeof end !== 'number') return end ?? problem;
          place = end;
          expected = 'next';
          continue;
        }
        break;
      }
      case 'key':
      case 'key-or-end': {
        if (character === '}' && expected === 'key-or-end') {
          open.pop();
          expected = 'next';
          break;
        }
        if (character !== '"') return problem;
        const end = endOfText(text, place);
        if (typeof end !== 'number') return end;
        place = end;
        expected = 'colon';
        continue;
      }
      case 'colon':
        if (character !== ':') return problem;
        expected = 'value';
        break;
      case 'next': {
        const container = open.at(-1);
        if (container === undefined) return { place, expected: 'nothing more' };
        if (character === ',') expected = container === '{' ? 'key' : 'value';
        else if (character === (container === '{' ? '}' : ']')) open.pop();
        else return { place, expected: container === '{' ? "',' or '}'" : "',' or ']'" };
      }
    }
    place++;
  }
}

/** The place behind a string, number or word; null when none begins here. */
function endOfScalar(text: string, place: number): number | Problem | null {
  if (text[place] === '"') return endOfText(text, place);
  const word = match(literal, text, place);
  if (word !== null) return word;
  const end = match(numberLike, text, place);
  if (end === null) return null;
  return isNumberToken(text.slice(place, end)) ? end : { place, expected: 'a number as JSON writes it' };
}

function endOfText(text: string, place: number): number | Problem {
  let at = place + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code < 0x20) break;
    if (code !== backslash) continue;
    const end = match(escaped, text, at);
    if (end === null) return { place: at, expected: 'an escape that JSON knows' };
    at = end - 1;
  }
  return { place: at, expected: 'the rest of a string (control characters are escaped)' };
}
const [quote, backslash] = [0x22, 0x5c];

const space = /[ \t\r\n]+/y;
const literal = /true|false|null/y;
const numberLike = /[-\d][-+.\deE]*/y;
const escaped = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

function match(expression: RegExp, text: string, place: number): number | null {
  expression.lastIndex = place;
  return expression.test(text) ? expression.lastIndex : null;
}
