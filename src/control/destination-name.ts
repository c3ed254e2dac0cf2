import { Failure } from '../errors/failure.ts';
import { formText } from './form-text.ts';

const longestDescription = 4096;

/** @throws {Failure} InvalidBody when a given name or description cannot be stored and shown as it is. */
export function checkNames({ name, description }: { name?: string; description?: string | null }): void {
  const why = name === undefined ? null : formText(name);
  if (why !== null)
    throw new Failure('InvalidBody', 'A name has 1 to 255 characters and no control characters.');
  if (typeof description !== 'string') return;
  const isText = description.isWellFormed() && !/(?![\t\r\n])\p{Cc}/u.test(description);
  if (!isText || [...description].length > longestDescription)
    throw new Failure(
      'InvalidBody',
      `A description has at most ${longestDescription} characters and no control characters but line breaks and tabs.`,
    );
}

/** The title of the type; with a number where a destination of the account has that name already. */
export function defaultName(title: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  let name = title;
  for (let number = 2; names.has(name); number++) name = `${title} ${number}`;
  return name;
}
