import type { ExactJson } from '../lib/exact-json.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { maxInt64, minInt64 } from './limits.ts';
import type { Integer } from './message.ts';
import { isIntegerValue } from './schema/types.ts';

/** Where an integer lies; null for anything that is none. */
export function placeInInt64(value: ExactJson | undefined): 'within' | 'above' | 'below' | null {
  if (value === undefined || !isIntegerValue(value)) return null;
  if (!(value instanceof ExactNumber)) return 'within';
  const isNegative = value.text.startsWith('-');
  const digits = isNegative ? value.text.slice(1) : value.text;
  const most = isNegative ? leastDigits : mostDigits;
  // Without leading zeros, which JSON forbids, numbers compare like their lengths, then like their texts.
  if (digits.length < most.length || (digits.length === most.length && digits <= most)) return 'within';
  return isNegative ? 'below' : 'above';
}

const mostDigits = String(maxInt64);
const leastDigits = String(-minInt64);

/** @param value one of which {@link placeInInt64} says `within`. */
export const asInteger = (value: ExactJson | undefined): Integer => value as Integer;
