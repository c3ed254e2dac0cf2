import { CommanderError } from 'commander';
import { Bug } from '../errors/bug.ts';
import { Failure } from '../errors/failure.ts';
import { isJsonObject } from '../lib/json.ts';
import type { CheckStep } from '../model/check.ts';
import { Cancelled } from './cancelled.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { printable } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { withoutValues } from './without-values.ts';

/**
 * Says on standard error what went wrong and what to do, for people or as one JSON object, and returns the exit code.
 * A bug is the only thing that shows a stack.
 */
export function reportError(terminal: Terminal, error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.ok.code;
    // For people, commander has written its message already.
    if (!json) return exitCodes.usage.code;
  }
  const { code, message, remedy, exitCode, data } = describe(error);
  if (json) {
    const details = Object.keys(data).length > 0 ? { data } : {};
    terminal.note(JSON.stringify({ error: code, message, remedy, ...details }));
  } else {
    terminal.note(`error: ${message}`);
    reportReasons(terminal, { remedy, data });
  }
  return exitCode;
}

/** The details that a failure carries, or what helps. */
export function reportReasons(
  terminal: Terminal,
  { remedy, data }: { readonly remedy?: string | null | undefined; readonly data: Description['data'] },
): void {
  const details = reasons(data);
  for (const why of details) terminal.note(`  ${printable(why)}`);
  if (remedy && details.length === 0) terminal.note(remedy);
}

interface Description {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly exitCode: number;
  readonly data: Readonly<Record<string, unknown>>;
}

function describe(error: unknown): Description {
  if (error instanceof Failure) {
    const { code, message, remedy = null, data } = error;
    return { code, message, remedy, exitCode: exitCodeOf(code), data };
  }
  if (error instanceof UsageError || error instanceof CommanderError) {
    const remedy = error instanceof Cancelled ? null : 'Add --help to see how the command is used.';
    const message = withoutValues(error.message.replace(/^error: /, ''));
    const reasons = error instanceof UsageError ? error.reasons : {};
    const data = Object.keys(reasons).length > 0 ? { reasons } : {};
    return { code: 'Usage', message, remedy, exitCode: exitCodes.usage.code, data };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = error instanceof Bug ? `this is a bug: ${stack}` : stack;
  const remedy = 'This should not happen. Please report it with the text above.';
  return { code: 'InternalError', message, remedy, exitCode: exitCodes.failed.code, data: {} };
}

/** The details a failure carries, as lines: fields that cannot be used, failed steps of a check. */
function reasons({ errors, reasons, steps }: Readonly<Record<string, unknown>>): string[] {
  const fields = Object.entries({ ...asRecord(errors), ...asRecord(reasons) });
  const failed = isSteps(steps) ? steps.filter((step) => step.status === 'failed') : [];
  return [
    ...fields.map(([name, why]) => `${name}: ${String(why)}`),
    ...failed.map((step) => `${step.name}: ${step.message}${step.remedy ? ` ${step.remedy}` : ''}`),
  ];
}

const asRecord = (value: unknown): object => (isJsonObject(value) ? value : {});
const isSteps = (value: unknown): value is readonly CheckStep[] => Array.isArray(value);
