import type { JsonObject } from '../lib/json.ts';
import type { Check, CheckStep } from '../model/check.ts';
import { printable } from './printable.ts';

/** A check as `--json` shows it. */
export const renderCheck = (check: Check): JsonObject => ({
  name: check.name,
  status: check.status,
  error: check.error,
  steps: check.steps.map(renderStep),
});

const renderStep = (step: CheckStep): JsonObject => ({
  name: step.name,
  status: step.status,
  milliseconds: step.milliseconds,
  message: step.message,
  remedy: step.remedy,
  code: step.code,
});

/** Steps for people: a line each, with the remedy under a step that needs one. */
export const stepLines = (steps: readonly CheckStep[]): string =>
  steps
    .flatMap((step) => [
      `${step.status.padEnd(7)}  ${step.name.padEnd(10)}  ${`${step.milliseconds} ms`.padStart(8)}  ${printable(step.message)}`,
      ...(step.remedy === null ? [] : [`${' '.repeat(31)}→ ${printable(step.remedy)}`]),
    ])
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
