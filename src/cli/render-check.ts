import type { CheckStep } from '@backstitch/client';
import { printable } from './printable.ts';

/** Steps for people: a line each, with the remedy under a step that needs one. */
export const stepLines = (steps: readonly CheckStep[]): string =>
  steps
    .flatMap((step) => [
      `${step.status.padEnd(7)}  ${step.name.padEnd(10)}  ${`${step.milliseconds} ms`.padStart(8)}  ${printable(step.message)}`,
      ...(step.remedy === null ? [] : [`${' '.repeat(31)}→ ${printable(step.remedy)}`]),
    ])
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
