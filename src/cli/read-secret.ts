import { readFileSync } from 'node:fs';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/**
 * A secret that somebody hands to a command: from a file, from standard input (`-`), or typed unseen. Never from an
 * argument, which every user of the machine can read in the list of processes. One line break at the end is cut off.
 * @throws {UsageError} when the file cannot be read or the value is empty.
 */
export async function readSecret(terminal: Terminal, from: string): Promise<string> {
  const value = from === '-' ? await terminal.readInput() : readTextFile(from);
  return notEmpty(value.replace(/\r?\n$/, ''), from === '-' ? 'standard input' : from);
}

/**
 * A value that the operator brings along in a file or by typing it; undefined where neither is asked for.
 * @throws {UsageError} for both at once, and as {@link readSecret}.
 */
export async function givenSecret(
  terminal: Terminal,
  question: string,
  file: string | undefined,
  ask: boolean | undefined,
): Promise<string | undefined> {
  if (file !== undefined && ask) throw new UsageError('take the value from a file or ask for it, not both');
  if (file !== undefined) return await readSecret(terminal, file);
  return ask ? await askSecret(terminal, question) : undefined;
}

/** Asks for a secret on the terminal. @throws {UsageError} when nobody can answer, or the answer is empty. */
export const askSecret = async (terminal: Terminal, question: string): Promise<string> =>
  notEmpty(await terminal.askSecret(question), 'the answer');

function notEmpty(value: string, where: string): string {
  if (value === '') throw new UsageError(`${where} is empty: a value was expected there`);
  return value;
}

/** What stands in a file. @throws {UsageError} when it cannot be read. */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UsageError(`cannot read ${file} (${why}): give the path of a file that this user may read`);
  }
}
