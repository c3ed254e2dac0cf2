/** What one pass over the bytes of a JSON text finds. Says nothing about whether the text is JSON. */
export interface NumberTokens {
  /** Start and end, in turn, of every number that a double would change. Only places where JSON allows a value. */
  readonly places: readonly number[];
  /** How many values one element of the list at `listDepth` has at most; 0 when there is no such list. */
  readonly largestElement: number;
  /** Where the text first nests deeper than `maxDepth`; the pass ended there. Null: nowhere. */
  readonly tooDeepAt: number | null;
}

/**
 * Finds the numbers of a JSON text that need care, counts values and judges the nesting, all in one linear pass: twice
 * as fast as JSON.parse, which then has to do the rest.
 * @param options.listDepth how many brackets are open within the list whose elements are measured; 0 measures none.
 */
export function findNumberTokens(
  source: Uint8Array,
  options: { readonly maxDepth: number; readonly listDepth: number },
): NumberTokens {
  const { maxDepth } = options;
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const elementDepth = options.listDepth + 1;
  const places: number[] = [];
  const length = bytes.length;
  let [at, depth, commas, elementStart, largestElement] = [0, 0, 0, 0, 0];

  // Codes are compared by hand, in the order of their frequency: this loop bounds how fast bodies are accepted.
  while (at < length) {
    const code = bytes[at++]!;
    if (code === quote) {
      at = endOfString(bytes, at);
    } else if (code <= comma) {
      if (code === comma) commas++;
    } else if (code <= nine) {
      const start = at - 1;
      let isInteger = true;
      for (; at < length; at++) {
        const next = bytes[at]!;
        if (next >= zero && next <= nine) continue;
        if (!isNumberSign(next)) break;
        isInteger = false;
      }
      if (isInteger ? at - start >= longNumber : at - start >= longNumber || mayBeWhole(bytes, start, at)) {
        if (isChanged(bytes, start, at, isInteger) && isValue(bytes, at)) places.push(start, at);
      }
    } else if (code === openBrace || code === openBracket) {
      depth++;
      if (depth > maxDepth) return { places, largestElement, tooDeepAt: at - 1 };
      if (depth === elementDepth) elementStart = commas;
    } else if (code === closeBrace || code === closeBracket) {
      if (depth === elementDepth) largestElement = Math.max(largestElement, commas - elementStart + 1);
      depth--;
    }
  }
  return { places, largestElement, tooDeepAt: null };
}

/** Integers of fewer characters are below 2^53. */
const longNumber = 16;

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

/** The place after the closing quote; past the end when there is none. */
function endOfString(bytes: Buffer, from: number): number {
  let at = from;
  const length = bytes.length;
  while (at < length) {
    // Most strings are short, and a call is dear; long ones are searched natively, which is a matter of one call.
    const near = Math.min(length, at + nearBytes);
    while (at < near) {
      const code = bytes[at++]!;
      if (code === quote) return at;
      if (code === backslash) at++;
    }
    const end = bytes.indexOf(quote, at);
    if (end < 0) return length;
    if (!isEscaped(bytes, at, end)) return end + 1;
    at = end + 1;
  }
  return at;
}
const nearBytes = 32;

/** @param from a place that is not escaped itself */
function isEscaped(bytes: Buffer, from: number, place: number): boolean {
  let start = place;
  while (start > from && bytes[start - 1] === backslash) start--;
  return (place - start) % 2 === 1;
}

const isNumberSign = (code: number): boolean =>
  code === dot || code === minus || code === plus || code === lowerE || code === upperE;

/** False for the usual short decimals: no exponent, and no zero at the end. */
function mayBeWhole(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[end - 1] === zero) return true;
  for (let at = start; at < end; at++) {
    const code = bytes[at];
    if (code === lowerE || code === upperE) return true;
  }
  return false;
}

/** Whatever is no number is left for JSON.parse to refuse. */
function isChanged(bytes: Buffer, start: number, end: number, isInteger: boolean): boolean {
  if (isInteger && end - start > longNumber + 1) {
    // Far beyond 2^53, unless it begins with a zero, which JSON forbids.
    const first = bytes[start] === minus ? bytes[start + 1]! : bytes[start]!;
    return first > zero && first <= nine;
  }
  const token = bytes.toString('latin1', start, end);
  return !isKeptByDouble(token) && isNumberToken(token);
}

/** True when what stands before is a value: a number in place of a key is left for JSON.parse to refuse too. */
function isValue(bytes: Buffer, end: number): boolean {
  let next = end;
  while (isSpace(bytes[next])) next++;
  const code = bytes[next];
  return code === undefined || code === comma || code === closeBrace || code === closeBracket;
}

const isSpace = (code: number | undefined): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

const [quote, plus, comma, minus, dot, zero, nine] = [0x22, 0x2b, 0x2c, 0x2d, 0x2e, 0x30, 0x39];
const [upperE, openBracket, backslash, closeBracket, lowerE, openBrace, closeBrace] = [
  0x45, 0x5b, 0x5c, 0x5d, 0x65, 0x7b, 0x7d,
];
