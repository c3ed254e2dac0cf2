import type { ExactJson } from '../../lib/exact-json.ts';
import { OutOfSteps, StepBudget } from './step-budget.ts';

/** How a value breaks its schema. */
export interface Violation {
  /** Where, from the value that was checked: `/address/zip`, empty for the value itself. */
  readonly path: string;
  readonly message: string;
}

/** A compiled schema, or one keyword of it: null when the value conforms. Only the first violation is told. */
export type Check = (value: ExactJson, run: Run) => Violation | null;

/** What the checks of one body share. */
export class Run {
  readonly budget: StepBudget;
  #depth = 0;

  constructor(steps: number) {
    this.budget = new StepBudget(steps);
  }

  /** Runs a check that runs others: they cost a step each, and may not nest without end. */
  enter(check: Check, value: ExactJson, steps: number): Violation | null {
    this.budget.spend(steps);
    if (this.#depth >= maxDepth) throw new OutOfSteps();
    this.#depth++;
    try {
      return check(value, this);
    } finally {
      this.#depth--;
    }
  }
}

/** Values nest at most 100 levels: a few references for each of them, and far from the end of the stack. */
const maxDepth = 1_000;

export const violation = (message: string): Violation => ({ path: '', message });

/** The violation as its container sees it. */
export const within = (key: string | number, { path, message }: Violation): Violation => ({
  path: `/${pointerPart(String(key))}${path}`,
  message,
});

export const pointerPart = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

export const pass: Check = () => null;

/** The checks one after another, the first violation counts. */
export function all(checks: readonly Check[]): Check {
  if (checks.length === 0) return pass;
  if (checks.length === 1) return checks[0]!;
  return (value, run) => {
    for (const check of checks) {
      const found = check(value, run);
      if (found !== null) return found;
    }
    return null;
  };
}
