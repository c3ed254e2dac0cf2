import { hasMoreBrackets } from './count-brackets.ts';
import { ExactNumber } from './exact-number.ts';
import { describeJsonProblem } from './json-problem.ts';
import {
  type LikelyPlace,
  listIn,
  replaceExpected,
  type SortedPlaces,
  sortPlaces,
} from './likely-numbers.ts';
import { mayHoldMark, restoreMarked, withMarks } from './marked-numbers.ts';
import { findChangedNumbers, isKeptByDouble } from './number-tokens.ts';

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
  /** How many values an element of the list of {@link LikelyPlace} has at most, in all its depth. */
  readonly largestElement: number;
}

/** More is refused before anything of ours recurses into it. */
const maxJsonDepth = 100;
/** So many objects and arrays take about 200 MB while they are parsed; 20 MB of real records have a fifth of them. */
const maxContainers = 2_000_000;

/**
 * Parses JSON in UTF-8. A number is a JavaScript number when a double gives back what the sender wrote, otherwise an
 * {@link ExactNumber}. Of a key that occurs twice, the last counts. Takes linear time, whatever the bytes.
 *
 * How: one pass over the bytes finds the numbers that a double would change. Those that stand where they are expected
 * are put into what JSON.parse made of the text. Others become marked strings in a copy of the text beforehand, and
 * numbers again afterwards.
 * @throws {InvalidJson}
 */
export function parseExactJson(bytes: Uint8Array, likely?: LikelyPlace): ParsedJson {
  if (hasMoreBrackets(bytes, maxContainers))
    throw new InvalidJson(`more than ${maxContainers} objects and arrays`);
  const places = findChangedNumbers(bytes);
  const sorted = likely === undefined ? { expected: [], others: places } : sortPlaces(bytes, places, likely);
  const parsed = parseWith(bytes, sorted, likely);
  // Null: some do not stand where they seem to. Marks tell of each number on its own.
  return parsed ?? parseWith(bytes, { expected: [], others: places }, likely)!;
}

function parseWith(
  bytes: Uint8Array,
  { expected, others }: SortedPlaces,
  likely: LikelyPlace | undefined,
): ParsedJson | null {
  if (others.length > 0 && mayHoldMark(bytes)) {
    const value = parse(bytes, bytes, keepNumber);
    return { value, largestElement: measure(value, likely, bytes) };
  }
  const { marked, count } = withMarks(bytes, others);
  const top = parse(marked, bytes);
  const largestElement = measure(top, likely, bytes);
  const value = restoreMarked(top, count);
  if (likely !== undefined && !replaceExpected(value, likely, bytes, expected)) return null;
  return { value, largestElement };
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

/** @param original what the sender wrote, of which its mistakes are told. */
function parse(bytes: Uint8Array, original: Uint8Array, reviver?: Reviver): ExactJson {
  const text = decode(bytes);
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(original);
  }
}

const refusal = (original: Uint8Array): InvalidJson =>
  new InvalidJson(describeJsonProblem(decode(original), maxJsonDepth));

/** The slow way, for texts in which marks could be mistaken: the parser hands out the source of each number. */
const keepNumber: Reviver = (_key, value, context) =>
  typeof value === 'number' && context?.source !== undefined && !isKeptByDouble(context.source)
    ? new ExactNumber(context.source)
    : value;

/** Judges the nesting and counts values, in one walk over what was parsed: cheaper than over the text. */
function measure(top: ExactJson, likely: LikelyPlace | undefined, original: Uint8Array): number {
  const list = likely === undefined ? null : listIn(top, likely);
  let largestElement = 0;

  function count(value: ExactJson, depth: number): number {
    if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return 1;
    if (depth >= maxJsonDepth) throw refusal(original);
    let sum = 0;
    if (Array.isArray(value)) {
      const isList = value === list;
      for (let at = 0; at < value.length; at++) {
        const found = count(value[at]!, depth + 1);
        if (isList && found > largestElement) largestElement = found;
        sum += found;
      }
    } else {
      // Only own keys: these objects come from JSON.parse, and nobody adds to Object.prototype.
      for (const key in value) {
        const entry = value[key]!;
        sum += typeof entry === 'object' ? count(entry, depth + 1) : 1;
      }
    }
    return sum;
  }
  count(top, 0);
  return largestElement;
}
