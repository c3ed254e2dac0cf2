import { isJsonObject, type Json } from '../lib/json.ts';
import type { FormProperty, PropertyValue } from './form.ts';
import { schemaCheck } from './property-schema.ts';

/** The value in the form it is stored in, or why it cannot be. The reason never repeats the value. */
type ParsedValue = { readonly value: PropertyValue } | { readonly why: string };

const longestBytes = 65_536;
const deepestNesting = 16;

/**
 * From a value of a request, in either JSON type (`5432` or `"5432"`, `true` or `"true"`), to the one that is stored:
 * scalars as strings, whole numbers without leading zeros, objects as they are.
 */
export function parsePropertyValue(property: FormProperty, given: Json): ParsedValue {
  const parsed = parsers[property.natural](given, property);
  if ('why' in parsed || property.jsonSchema === null) return parsed;
  const why = schemaCheck(property.jsonSchema)(parsed.value);
  return why === null ? parsed : { why };
}

type Parser = (given: Json, property: FormProperty) => ParsedValue;

const parsers: Readonly<Record<FormProperty['natural'], Parser>> = {
  string(given, property) {
    if (typeof given !== 'string') return { why: 'Give a string.' };
    const why = textFault(given, property);
    return why === null ? { value: given } : { why };
  },

  integer(given) {
    if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0)
      return { value: String(Math.abs(given)) };
    if (typeof given === 'string' && /^\d{1,20}$/u.test(given))
      return { value: given.replace(/^0+(?=\d)/u, '') };
    return given === '' ? emptyText : { why: 'Give a whole number, such as 5432.' };
  },

  boolean(given) {
    if (typeof given === 'boolean') return { value: String(given) };
    if (given === 'true' || given === 'false') return { value: given };
    return given === '' ? emptyText : { why: 'Give true or false.' };
  },

  object(given) {
    if (!isJsonObject(given)) return given === '' ? emptyText : { why: 'Give a JSON object.' };
    if (isDeeper(given, deepestNesting))
      return { why: `Nest the object at most ${deepestNesting} levels deep.` };
    const texts = textsIn(given);
    if (Buffer.byteLength(JSON.stringify(given)) > longestBytes) return tooLong;
    // Keys inside objects of credentials legitimately span lines (a private key in PEM).
    const why = texts.map((text) => characterFault(text, 'lines')).find((fault) => fault !== null);
    return why === undefined ? { value: given } : { why };
  },
};

const emptyText = {
  why: 'Give a value; null clears an optional property, an empty string does not.',
} as const;
const tooLong = { why: `Give at most ${longestBytes / 1024} kB.` } as const;

function textFault(value: string, property: FormProperty): string | null {
  if (value === '') return emptyText.why;
  if (Buffer.byteLength(value) > longestBytes) return tooLong.why;
  return characterFault(value, property.controlCharacters ?? 'none');
}

/** Lone surrogates have no UTF-8 form: they would be stored as something else than what was given. */
function characterFault(value: string, allowed: 'none' | 'tab' | 'lines'): string | null {
  if (!value.isWellFormed()) return 'The value is no well-formed Unicode text.';
  return forbidden[allowed].test(value)
    ? 'The value contains a control character, such as a line break.'
    : null;
}

const forbidden = {
  none: /\p{Cc}/u,
  tab: /(?!\t)\p{Cc}/u,
  lines: /(?![\t\r\n])\p{Cc}/u,
} as const;

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** Every text in a value that is known not to be nested deeply, keys included. */
function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}

/** Equal as JSON: the order of an object's keys means nothing. */
export function sameValue(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const entries = Object.entries(one);
  return (
    entries.length === Object.keys(other).length &&
    entries.every(
      ([key, inner]) => Object.hasOwn(other, key) && sameValue(inner, (other as Record<string, Json>)[key]),
    )
  );
}
