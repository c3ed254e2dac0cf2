import { type ExactJson, isExactObject } from '../lib/exact-json.ts';
import { isInstant } from '../lib/instant.ts';

/** How many values that are neither object nor array a record has. Empty ones count nothing: they make no column. */
export function countDataPoints(value: ExactJson): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + countDataPoints(element), 0);
  if (!isExactObject(value) || isInstant(value)) return 1;
  return Object.values(value).reduce<number>((sum, entry) => sum + countDataPoints(entry), 0);
}
