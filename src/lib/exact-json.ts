import { ExactNumber } from './exact-number.ts';
import { describeJsonProblem } from './json-problem.ts';
import { findNumberTokens, isKeptByDouble } from './number-tokens.ts';

/**
 * A JSON value with every digit of its numbers. Objects may own a key named `__proto__`, and strings may hold lone
 * surrogates (`"\ud800"` is JSON): whoever stores them judges that.
 */
export type ExactJson = null | boolean | number | string | ExactNumber | ExactJson[] | ExactJsonObject;
export interface ExactJsonObject {
  [key: string]: ExactJson;
}

/** True for a JSON object: not null, not an array, not a number that is kept as text. */
export const isExactObject = (value: unknown): value is ExactJsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

/** A text that is no JSON, or more than we read. The message says what and where, and quotes at most one character. */
export class InvalidJson extends Error {
  override readonly name = 'InvalidJson';
}

export interface ParsedJson {
  readonly value: ExactJson;
  /** How many values (commas and one) an element of the list of {@link LikelyPlace} has at most. */
  readonly largestElement: number;
}

/** Where almost all long numbers of a text stand. It only saves time: numbers elsewhere are found too. */
export interface LikelyPlace {
  /** The list is the value of this key of the top object; null: it is the top itself. */
  readonly list: string | null;
  /** Key in the objects of that list. */
  readonly key: string;
}

/** More is refused before anything recurses into it. */
const maxJsonDepth = 100;

/**
 * Parses JSON in UTF-8. A number is a JavaScript number when a double gives back what the sender wrote, otherwise an
 * {@link ExactNumber}. Of a key that occurs twice, the last counts. Takes linear time, whatever the bytes.
 *
 * How: numbers that need care become marked strings in a copy of the bytes, JSON.parse reads that copy, and the marked
 * strings become ExactNumbers in place. They are counted, so that the search for them ends with the last one: where
 * only `likely` places hold any, nothing else is looked at.
 * @throws {InvalidJson}
 */
export function parseExactJson(bytes: Uint8Array, likely?: LikelyPlace): ParsedJson {
  const listDepth = likely === undefined ? 0 : likely.list === null ? 1 : 2;
  const { places, largestElement, tooDeepAt } = findNumberTokens(bytes, {
    maxDepth: maxJsonDepth,
    listDepth,
  });
  if (tooDeepAt !== null)
    throw new InvalidJson(`nested deeper than ${maxJsonDepth} levels, at byte ${tooDeepAt + 1}`);
  if (places.length === 0) return { value: parse(decode(bytes), bytes), largestElement };

  if (mayHoldMark(bytes)) return { value: parse(decode(bytes), bytes, keepNumber), largestElement };
  const value = parse(decode(withMarks(bytes, places)), bytes);
  return { value: restore(value, places.length / 2, likely), largestElement };
}

/** JSON of a value, digit for digit: parsed again it is the same. */
export function renderExactJson(value: ExactJson): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(renderExactJson).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, entry]) => `${JSON.stringify(key)}:${renderExactJson(entry)}`)
      .join(',')}}`;
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new InvalidJson('the text is not valid UTF-8');
  }
}

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

function parse(text: string, original: Uint8Array, reviver?: Reviver): ExactJson {
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InvalidJson(describeJsonProblem(decode(original)));
  }
}

/** The slow way, for texts in which marks could be mistaken: the parser hands out the source of each number. */
const keepNumber: Reviver = (_key, value, context) =>
  typeof value === 'number' && context?.source !== undefined && !isKeptByDouble(context.source)
    ? new ExactNumber(context.source)
    : value;

/**
 * DEL: one byte, so that a text in ASCII stays one; allowed raw in JSON strings; and hardly ever in a text.
 * Its only other spellings are `\u007f` and `\u007F`.
 */
const markCode = 0x7f;
const mayHoldMark = (bytes: Uint8Array): boolean => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes(markCode) || buffer.includes('\\u007');
};

function withMarks(bytes: Uint8Array, places: readonly number[]): Uint8Array {
  const marked = Buffer.allocUnsafe(bytes.length + (places.length / 2) * 3);
  let from = 0;
  let to = 0;
  const copyUntil = (end: number): void => {
    marked.set(bytes.subarray(from, end), to);
    to += end - from;
    from = end;
  };
  for (let at = 0; at < places.length; at += 2) {
    copyUntil(places[at]!);
    marked[to++] = quoteCode;
    marked[to++] = markCode;
    // By hand: numbers are short, and a call for each is dear.
    for (const end = places[at + 1]!; from < end; from++) marked[to++] = bytes[from]!;
    marked[to++] = quoteCode;
  }
  copyUntil(bytes.length);
  return marked;
}
const quoteCode = 0x22;

/** Turns marked strings into numbers, in place, until none are left (or, where keys repeat, to the end). */
function restore(top: ExactJson, count: number, likely: LikelyPlace | undefined): ExactJson {
  let left = count;
  const isMarked = (value: ExactJson): value is string =>
    typeof value === 'string' && value.charCodeAt(0) === markCode;
  const unmark = (value: string): ExactNumber => {
    left--;
    return new ExactNumber(value.slice(1));
  };

  function walk(value: ExactJson): void {
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length && left > 0; at++) {
        const element = value[at]!;
        if (isMarked(element)) value[at] = unmark(element);
        else if (typeof element === 'object' && element !== null) walk(element);
      }
    } else if (isExactObject(value)) {
      // Only own keys: these objects come from JSON.parse, and nobody adds to Object.prototype.
      for (const key in value) {
        const entry = value[key]!;
        if (isMarked(entry)) value[key] = unmark(entry);
        else if (typeof entry === 'object' && entry !== null) walk(entry);
        if (left === 0) return;
      }
    }
  }

  if (isMarked(top)) return unmark(top);
  if (likely !== undefined) {
    const list = likely.list === null ? top : isExactObject(top) ? top[likely.list] : null;
    for (const element of Array.isArray(list) ? list : []) {
      if (!isExactObject(element)) continue;
      const entry = element[likely.key];
      if (entry !== undefined && isMarked(entry)) element[likely.key] = unmark(entry);
    }
  }
  if (left > 0) walk(top);
  return top;
}
