import type { Check, CheckStep } from '../api/wire.ts';

/** The steps of a check as far as they are known: told of as they end, or stored. */
export function useLiveCheck(check: Check): {
  readonly steps: readonly CheckStep[];
  readonly running: string;
} {
  return { steps: check.steps, running: '' };
}
