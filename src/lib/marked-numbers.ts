import { type ExactJson, isExactObject } from './exact-json.ts';
import { ExactNumber } from './exact-number.ts';
import { outsideStrings } from './outside-strings.ts';

/**
 * DEL: one byte, so that a text in ASCII stays one; allowed raw in JSON strings; and hardly ever in a text.
 * Its only other spellings are `\u007f` and `\u007F`.
 */
const mark = 0x7f;

/** Whether a string of the text could be mistaken for a marked number. */
export function mayHoldMark(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes(mark) || buffer.includes('\\u007');
}

/**
 * A copy of a JSON text in which numbers are strings that begin with the mark: those of `places` that do not stand in
 * strings themselves. The copy is JSON exactly when the text is: each place is where a value may stand.
 */
export function withMarks(
  bytes: Uint8Array,
  places: readonly number[],
): { readonly marked: Uint8Array; readonly count: number } {
  if (places.length === 0) return { marked: bytes, count: 0 };
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const marked = Buffer.allocUnsafe(bytes.length + (places.length / 2) * 3);
  const isOutside = outsideStrings(bytes);
  let [from, to, count] = [0, 0, 0];
  for (let at = 0; at < places.length; at += 2) {
    const [start, end] = [places[at]!, places[at + 1]!];
    if (!isOutside(start)) continue;
    to += source.copy(marked, to, from, start);
    marked[to++] = quote;
    marked[to++] = mark;
    // By hand: numbers are short, and a call for each is dear.
    for (from = start; from < end; from++) marked[to++] = source[from]!;
    marked[to++] = quote;
    count++;
  }
  to += source.copy(marked, to, from);
  return { marked: marked.subarray(0, to), count };
}
const quote = 0x22;

/** Turns marked strings into numbers, in place, until none of `count` are left (or, where keys repeat, to the end). */
export function restoreMarked(top: ExactJson, count: number): ExactJson {
  let left = count;
  const isMarked = (value: ExactJson): value is string =>
    typeof value === 'string' && value.charCodeAt(0) === mark;
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

  if (count === 0) return top;
  if (isMarked(top)) return unmark(top);
  walk(top);
  return top;
}
