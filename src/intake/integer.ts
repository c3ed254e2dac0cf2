import type { ExactJson } from '../lib/exact-json.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { maxInt64, minInt64 } from './limits.ts';
import type { Integer } from './message.ts';
import { isIntegerValue } from './schema/types.ts';

/** Where an integer lies; null for anything that is none. */
export function placeInInt64(value: ExactJson | undefined): 'within' | 'above' | 'below' | null {
  if (value === undefined || !isIntegerValue(value)) return null;
  if (!(value instanceof ExactNumber)) return 'within';
  // Longer ones are not worth converting: a number may have a million digits, but no leading zeros.
  const isNegative = value.text.startsWith('-');
  if (value.text.length > 20) return isNegative ? 'below' : 'above';
  const integer = BigInt(value.text);
  return integer > maxInt64 ? 'above' : integer < minInt64 ? 'below' : 'within';
}

/** @param value one of which {@link placeInInt64} says `within`. */
export const asInteger = (value: ExactJson | undefined): Integer => value as Integer;
