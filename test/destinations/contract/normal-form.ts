import { parseExactJson } from '../../../src/lib/exact-json.ts';
import { ExactNumber } from '../../../src/lib/exact-number.ts';
import { parseDateTime } from '../../../src/shape/date-time.ts';
import { parseDecimal } from '../../../src/shape/decimal.ts';

/**
 * Values as they can be compared between destinations: `#1.5` is a number with all its digits, `@…` a point in time in
 * microseconds since 1970, `"…` a text; booleans are themselves. Null is left out, and so are empty objects and arrays.
 */
export type Normal = string | boolean | readonly Normal[] | { readonly [name: string]: Normal };

/** A row as a test read it: by the name of the column, in the normal form. Null and undefined mean the same. */
export type StandingRow = Readonly<Record<string, Normal | null | undefined>>;

/** @param text a number as JSON or a database writes it. */
export function normalNumber(text: string): string {
  const { negative, digits, exponent } = parseDecimal(text.replace('+', ''));
  if (digits === '') return '#0';
  const sign = negative ? '-' : '';
  if (exponent >= 0)
    return exponent > 400 ? `#${sign}${digits}e${exponent}` : `#${sign}${digits}${'0'.repeat(exponent)}`;
  const point = digits.length + exponent;
  if (point > 0) return `#${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  return point < -400 ? `#${sign}${digits}e${exponent}` : `#${sign}0.${'0'.repeat(-point)}${digits}`;
}

/** Whether a text is a time is a matter of types, which have tests of their own; here it is one when it reads as one. */
export function normalText(text: string): string {
  const micros = /^[+-]?\d{4,6}-\d\d-\d\d[Tt ]\d\d:/.test(text) ? parseDateTime(text) : null;
  return micros === null ? `"${text}` : `@${micros}`;
}

/** A value where columns hold nothing but text: what it reads as is all that is left of its type. */
export function typeless(value: Normal): Normal {
  if (typeof value === 'boolean') return `"${value}`;
  if (typeof value === 'string') {
    const text = value.slice(1);
    const isNumber = value.startsWith('#') || (value.startsWith('"') && jsonNumber.test(text));
    return isNumber ? `"${normalNumber(text).slice(1)}` : value;
  }
  if (Array.isArray(value)) return value.map(typeless);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, typeless(inner)]));
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A time as databases write it in UTC: `2018-02-06 15:36:36.123456`. */
export const normalTime = (text: string): string => `@${parseDateTime(text)}`;

/** A JSON document as a database gives it back. */
export const normalJson = (text: string): Normal | null =>
  normalValue(parseExactJson(Buffer.from(text)).value);

/** A value as the sender had it; null for what leaves nothing. */
export function normalValue(value: unknown): Normal | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return normalText(value);
  if (typeof value === 'number' || typeof value === 'bigint') return normalNumber(String(value));
  if (value instanceof ExactNumber) return normalNumber(value.text);
  if (Array.isArray(value)) {
    const elements = value.flatMap((element) => normalValue(element) ?? []);
    return elements.length === 0 ? null : elements;
  }
  return orNull(flat(value as object));
}

/** An object with all its objects flattened: names are joined, and bare of what destinations clean differently. */
export function flat(data: object): { readonly [name: string]: Normal } {
  const fields: Record<string, Normal> = Object.create(null);
  const put = (path: string, value: unknown): void => {
    const normal = normalValue(value);
    if (normal === null) return;
    if (typeof normal !== 'object' || Array.isArray(normal)) fields[path] = normal;
    else for (const [name, inner] of Object.entries(normal)) fields[path + name] = inner;
  };
  for (const [name, value] of Object.entries(data)) put(bare(name), value);
  return { ...fields };
}

/** Letters and digits of a name, in lower case: what every destination leaves of it. Some have no letters past U+FFFF. */
export const bare = (name: string): string =>
  name.toLowerCase().replace(/[^\p{L}0-9]|[\u{10000}-\u{10ffff}]/gu, '');

/** Written the same whatever order its fields came in. */
export const canonical = (value: Normal): string =>
  JSON.stringify(value, (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );

const orNull = (fields: { readonly [name: string]: Normal }) =>
  Object.keys(fields).length === 0 ? null : fields;
