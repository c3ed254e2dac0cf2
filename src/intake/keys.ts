import { type ExactJsonObject, isExactObject } from '../lib/exact-json.ts';
import { isInstant } from '../lib/instant.ts';

/** What is wrong with the first key of a record that cannot be used. */
export interface KeyProblem {
  readonly key: string;
  readonly problem: 'missing' | 'null' | 'container' | 'too-long';
}

/** @param maxLength most Unicode characters of a string. */
export function findKeyProblem(
  data: ExactJsonObject,
  keyNames: readonly string[],
  maxLength: number,
): KeyProblem | null {
  for (const key of keyNames) {
    if (!Object.hasOwn(data, key)) return { key, problem: 'missing' };
    const value = data[key]!;
    if (value === null) return { key, problem: 'null' };
    if (typeof value === 'string') {
      if (value.length > maxLength && [...value].length > maxLength) return { key, problem: 'too-long' };
    } else if (Array.isArray(value) || (isExactObject(value) && !isInstant(value)))
      return { key, problem: 'container' };
  }
  return null;
}
