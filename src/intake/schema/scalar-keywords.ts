import type { ExactJson } from '../../lib/exact-json.ts';
import { canonicalText } from './canonical.ts';
import { type Check, violation } from './check.ts';
import { compareNumbers, isCountable, isMultipleOf, isNumeric, type Numeric } from './decimal.ts';
import { below, countOf, InvalidSchema, type Keywords, listOf, numberOf, wrongType } from './keyword.ts';
import { compilePattern } from './pattern.ts';
import { UnusablePattern } from './pattern-syntax.ts';
import { StepBudget } from './step-budget.ts';
import { javaName, javaNameOf, typeBit, typeBits } from './types.ts';

/** What a value is, and what numbers and strings may be. */
export const scalarKeywords: Keywords = {
  type: (value, { pointer }) => {
    const names = Array.isArray(value) ? value : [value];
    let allowed = 0;
    for (const name of names) {
      if (typeof name !== 'string') return wrongType(below(pointer, 'type'), ['string', 'array'], name);
      const bit = typeBit(name);
      if (bit === null) throw new InvalidSchema(`unknown type: [${name}]`);
      allowed |= bit;
    }
    if (allowed === 0) throw new InvalidSchema(`${below(pointer, 'type')}: expected at least one type`);
    const expected = names.map((name) => javaName(String(name))).join(' or ');
    return (found) =>
      (typeBits(found) & allowed) !== 0
        ? null
        : violation(`expected: ${expected}, found: ${javaNameOf(found)}`);
  },

  enum: (value, place) => oneOfValues(listOf(value, place, 'enum'), 'not a valid enum value'),
  const: (value) => oneOfValues([value], 'not the value of const'),

  minimum: (value, place) => {
    const least = numberOf(value, place, 'minimum');
    return place.schema.exclusiveMinimum === true
      ? number((found) => compareNumbers(found, least) > 0, `is not greater than ${show(least)}`)
      : number((found) => compareNumbers(found, least) >= 0, `is not greater or equal to ${show(least)}`);
  },
  maximum: (value, place) => {
    const most = numberOf(value, place, 'maximum');
    return place.schema.exclusiveMaximum === true
      ? number((found) => compareNumbers(found, most) < 0, `is not less than ${show(most)}`)
      : number((found) => compareNumbers(found, most) <= 0, `is not less or equal to ${show(most)}`);
  },
  // A boolean here belongs to minimum (draft 4), a number stands for itself (draft 6).
  exclusiveMinimum: (value, place) => {
    if (typeof value === 'boolean') return null;
    const bound = numberOf(value, place, 'exclusiveMinimum');
    return number((found) => compareNumbers(found, bound) > 0, `is not greater than ${show(bound)}`);
  },
  exclusiveMaximum: (value, place) => {
    if (typeof value === 'boolean') return null;
    const bound = numberOf(value, place, 'exclusiveMaximum');
    return number((found) => compareNumbers(found, bound) < 0, `is not less than ${show(bound)}`);
  },
  multipleOf: (value, place) => {
    const step = numberOf(value, place, 'multipleOf');
    if (compareNumbers(step, 0) <= 0 || !isCountable(step))
      throw new InvalidSchema(`${below(place.pointer, 'multipleOf')}: expected a number above 0`);
    return number((found) => isMultipleOf(found, step), `is not a multiple of ${show(step)}`);
  },

  minLength: (value, place) => {
    const least = countOf(value, place, 'minLength');
    return text((found) => {
      // Code units are never fewer than characters.
      const length = found.length < least ? found.length : characters(found);
      return length >= least ? null : `expected minLength: ${least}, actual: ${characters(found)}`;
    });
  },
  maxLength: (value, place) => {
    const most = countOf(value, place, 'maxLength');
    return text((found) =>
      found.length <= most || characters(found) <= most
        ? null
        : `expected maxLength: ${most}, actual: ${characters(found)}`,
    );
  },
  pattern: (value, place) => {
    if (typeof value !== 'string') return wrongType(below(place.pointer, 'pattern'), ['string'], value);
    const matches = patternAt(value, below(place.pointer, 'pattern'));
    return (found, run) =>
      typeof found !== 'string' || matches(found, run.budget)
        ? null
        : violation(`string does not match pattern ${value}`);
  },
};

/** @throws {InvalidSchema} for a pattern that is none, or that cannot run in bounded time. */
export function patternAt(source: string, pointer: string) {
  try {
    return compilePattern(source);
  } catch (error) {
    if (!(error instanceof UnusablePattern)) throw error;
    throw new InvalidSchema(`${pointer}: cannot use this pattern: ${error.message}`);
  }
}

function oneOfValues(values: readonly ExactJson[], message: string): Check {
  const budget = new StepBudget(Number.POSITIVE_INFINITY);
  const allowed = new Set(values.map((value) => canonicalText(value, budget)));
  const texts = new Set(values);
  return (found, run) =>
    typeof found === 'string'
      ? texts.has(found)
        ? null
        : violation(message)
      : allowed.has(canonicalText(found, run.budget))
        ? null
        : violation(message);
}

const number =
  (holds: (found: Numeric) => boolean, message: string): Check =>
  (found) =>
    !isNumeric(found) || holds(found) ? null : violation(`${shortened(show(found))} ${message}`);

const text =
  (why: (found: string) => string | null): Check =>
  (found) => {
    const message = typeof found === 'string' ? why(found) : null;
    return message === null ? null : violation(message);
  };

const show = (value: Numeric): string => (typeof value === 'number' ? String(value) : value.text);
const shortened = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 60)}…`);

/** Unicode characters, not code units. */
function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    const isPair = (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) {
      count--;
      at++;
    }
  }
  return count;
}
