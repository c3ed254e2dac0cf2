/**
 * Start and end, in turn, of whatever looks like a number in a JSON text and would be changed by a double; all such
 * numbers of the text are among them. Others stand inside strings, of which this knows nothing: what it gives may
 * stand between `,`, `:` or `[` and `,`, `]` or `}`, and is written as JSON writes numbers.
 *
 * Only every third byte is looked at: no such number is shorter (`3.0`, `1e2`). This loop is the price of exactness,
 * and bounds how fast bodies are accepted.
 */
export function findChangedNumbers(source: Uint8Array): number[] {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const places: number[] = [];
  const length = bytes.length;
  let at = 2;
  while (at < length) {
    let seen = kindOf[bytes[at]!]!;
    if (seen === 0) {
      at += 3;
      continue;
    }
    let start = at;
    while (start > 0 && kindOf[bytes[start - 1]!] !== 0) seen |= kindOf[bytes[--start]!]!;
    let end = at + 1;
    while (end < length && kindOf[bytes[end]!] !== 0) seen |= kindOf[bytes[end++]!]!;
    const size = end - start;
    // Short ones are kept unless they have an exponent or a fraction of zeros; most letters are those of words.
    const isSuspect =
      size >= longNumber || (size >= 3 && (seen >= letter || (seen >= dot && bytes[end - 1] === zero)));
    if (isSuspect && isChanged(bytes, start, end, seen)) places.push(start, end);
    at = end + 3;
  }
  return places;
}

/**
 * True when a double gives back what this token of a number says: every digit, and whether it is an integer. `-0` is
 * an integer, `3.0` and `1e2` are not, while a JavaScript number cannot tell them from 3 and 100.
 */
export function isKeptByDouble(token: string): boolean {
  const value = Number(token);
  // The usual case of long decimals: what a program printed from a double.
  if (String(value) === token) return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (integerToken.test(token)) return Number.isSafeInteger(value);
  return token.length < longNumber && !/[eE]/.test(token) && !/\.0+$/.test(token);
}
const integerToken = /^-?\d+$/;

/** True for a number as JSON writes it. */
export const isNumberToken = (token: string): boolean => numberToken.test(token);
const numberToken = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Integers of fewer characters are below 2^53, and decimals of fewer are kept unless they are whole. */
const longNumber = 16;

/** What a byte can be in a number, each a bit; 0 when it cannot be in one. */
const kindOf = new Uint8Array(256);
const [digit, sign, dot, letter] = [1, 2, 4, 8];
for (const [characters, kind] of [
  ['0123456789', digit],
  ['+-', sign],
  ['.', dot],
  ['eE', letter],
] as const)
  for (const character of characters) kindOf[character.charCodeAt(0)] = kind;

/** In the order of what tells most for least: a text for each would be dear. @param seen kinds of its characters. */
function isChanged(bytes: Buffer, start: number, end: number, seen: number): boolean {
  if (!isBetweenValues(bytes, start, end)) return false;
  // Nearly all sequences: integers far beyond 2^53.
  if (seen === digit && end - start > longNumber) return bytes[start] !== zero;
  const token = bytes.toString('latin1', start, end);
  return !isKeptByDouble(token) && isNumberToken(token);
}

/** A number in place of a key is left for JSON.parse to refuse. */
function isBetweenValues(bytes: Buffer, start: number, end: number): boolean {
  let before = start - 1;
  while (isSpace(bytes[before])) before--;
  const opening = bytes[before];
  if (opening !== colon && opening !== comma && opening !== openBracket && opening !== undefined)
    return false;
  let after = end;
  while (isSpace(bytes[after])) after++;
  const closing = bytes[after];
  return closing === comma || closing === closeBrace || closing === closeBracket || closing === undefined;
}

const isSpace = (code: number | undefined): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const [comma, zero, colon, openBracket, closeBracket, closeBrace] = [0x2c, 0x30, 0x3a, 0x5b, 0x5d, 0x7d];
