import { type ExactJson, isExactObject } from './exact-json.ts';
import { ExactNumber } from './exact-number.ts';

/** Where almost all long numbers of a text stand. It only saves time: numbers elsewhere are found too. */
export interface LikelyPlace {
  /** The list is the value of this key of the top object; null: it is the top itself. */
  readonly list: string | null;
  /** Key in the objects of that list. */
  readonly key: string;
}

/** The list of a value; null where there is none. */
export function listIn(top: ExactJson, { list }: LikelyPlace): readonly ExactJson[] | null {
  const found = list === null ? top : isExactObject(top) && Object.hasOwn(top, list) ? top[list] : null;
  return Array.isArray(found) ? found : null;
}

/** Starts and ends of numbers, in turn. */
export interface SortedPlaces {
  /** Right after the likely key. It may be the key of something else, or text within a string. */
  readonly expected: readonly number[];
  readonly others: readonly number[];
}

export function sortPlaces(bytes: Uint8Array, places: readonly number[], { key }: LikelyPlace): SortedPlaces {
  const before = Buffer.from(`"${key}"`);
  const follows = (place: number): boolean => {
    let at = place - 1;
    while (isSpace(bytes[at])) at--;
    if (bytes[at--] !== colon) return false;
    while (isSpace(bytes[at])) at--;
    for (let from = before.length - 1; from >= 0; from--, at--) if (bytes[at] !== before[from]) return false;
    return true;
  };
  const expected: number[] = [];
  const others: number[] = [];
  for (let at = 0; at < places.length; at += 2)
    (follows(places[at]!) ? expected : others).push(places[at]!, places[at + 1]!);
  return { expected, others };
}

/**
 * Puts the expected numbers into a value that JSON.parse read with these rounded, in place.
 *
 * Every element whose number is an integer beyond 2^53 has a place of its own: the literal that it came from. So where
 * there are as many places as such elements, each belongs to one of them, in order. Where a key occurs twice, or a
 * place is in a string or in some other part of the value, there are more.
 * @returns false when it cannot tell; nothing was changed then.
 */
export function replaceExpected(
  value: ExactJson,
  likely: LikelyPlace,
  source: Uint8Array,
  places: readonly number[],
): boolean {
  if (places.length === 0) return true;
  const { key } = likely;
  const list = listIn(value, likely) ?? [];
  let count = 0;
  for (const element of list) if (isExactObject(element) && isRounded(element[key])) count++;
  if (count * 2 !== places.length) return false;

  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  let at = 0;
  for (const element of list) {
    if (!isExactObject(element) || !isRounded(element[key])) continue;
    element[key] = new ExactNumber(bytes.toString('latin1', places[at]!, places[at + 1]!));
    at += 2;
  }
  return true;
}

const isRounded = (value: ExactJson | undefined): boolean =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);

const isSpace = (code: number | undefined): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const colon = 0x3a;
