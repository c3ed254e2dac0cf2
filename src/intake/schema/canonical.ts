import { type ExactJson, isExactObject } from '../../lib/exact-json.ts';
import { canonicalNumber, isNumeric } from './decimal.ts';
import type { StepBudget } from './step-budget.ts';

/** The same text for values that JSON Schema calls equal: numbers by value, objects in any order of keys. */
export function canonicalText(value: ExactJson, budget: StepBudget): string {
  budget.spend(1);
  if (typeof value === 'string') {
    budget.spend(value.length >> 4);
    return JSON.stringify(value);
  }
  if (isNumeric(value)) return canonicalNumber(value);
  if (Array.isArray(value)) return `[${value.map((element) => canonicalText(element, budget)).join()}]`;
  if (!isExactObject(value)) return String(value);
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key]!, budget)}`)
    .join()}}`;
}
