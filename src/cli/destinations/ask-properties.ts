import type { Json } from '../../lib/json.ts';
import { printable } from '../printable.ts';
import { askSecret, readTextFile } from '../read-secret.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { propertyValue } from './property-arguments.ts';
import type { FormEntry, TypeForm } from './read-form.ts';

/** Asks for what a new destination needs and nobody has given, in the order of the form. */
export async function askMissing(
  terminal: Terminal,
  { type, title, properties }: TypeForm,
  given: ReadonlySet<string>,
): Promise<[string, Json][]> {
  const left = properties.filter(({ name, generated }) => !given.has(name) && !generated);
  const needed = left.filter(({ isRequired }) => isRequired);
  if (needed.length === 0) return [];
  terminal.note(`Settings of ${title}. What stands in [brackets] is taken when nothing is typed.`);
  const answers: [string, Json][] = [];
  for (const property of needed) {
    const value = await askProperty(terminal, property);
    if (value !== null) answers.push([property.name, value]);
  }
  const optional = left.filter(({ isRequired }) => !isRequired).map(({ name }) => name);
  if (optional.length > 0)
    terminal.note(
      `It may also have: ${optional.join(', ')}. What they are: backstitch destinations types ${type}`,
    );
  return answers;
}

/**
 * Asks once more for what the server cannot use.
 * @returns null when that is not what went wrong, or nobody can mend it here
 */
export async function askAgain(
  terminal: Terminal,
  { properties }: TypeForm,
  error: unknown,
): Promise<[string, Json][] | null> {
  const reasons = terminal.interactive ? reasonsOf(error) : [];
  const entries = new Map(properties.map((property) => [property.name, property]));
  if (reasons.length === 0 || reasons.some(([name]) => !entries.has(name))) return null;
  const answers: [string, Json][] = [];
  for (const [name, why] of reasons) {
    terminal.note(printable(`${name}: ${why}`));
    const value = await askProperty(terminal, entries.get(name)!);
    if (value !== null) answers.push([name, value]);
  }
  return answers;
}

/** Whoever refused them: the server, or this process. */
function reasonsOf(error: unknown): readonly (readonly [name: string, why: string])[] {
  const { code, data } = error as { code?: unknown; data?: { reasons?: Readonly<Record<string, string>> } };
  return code === 'InvalidProperties' ? Object.entries(data?.reasons ?? {}) : [];
}

/** Asks until the answer can be one. Null: what the server takes when nothing is given. */
async function askProperty(terminal: Terminal, property: FormEntry): Promise<Json | null> {
  for (;;) {
    try {
      const answer = await question(terminal, property);
      if (answer === '' && property.default !== null) return null;
      return onlyWrong(() => propertyValue(property, answer));
    } catch (error) {
      // Whoever cancels, or cannot be asked, is not asked again.
      if (!(error instanceof WrongAnswer)) throw error;
      terminal.note(error.message);
    }
  }
}

class WrongAnswer extends Error {}

async function question(terminal: Terminal, property: FormEntry): Promise<string> {
  const { name, help, kind, isCredential } = property;
  const label = `${name} - ${help.replace(/\.$/, '')}`;
  if (kind === 'lines' || kind === 'object') {
    const file = (await terminal.ask(`${label} (path of a file)`)).trim();
    return onlyWrong(() => readTextFile(file));
  }
  if (isCredential) return await askSecret(terminal, label);
  const proposal = property.default === null ? '' : ` [${property.default}]`;
  const choices = kind === 'boolean' ? ['yes', 'no'] : property.choices;
  const among = choices && ` (${choices.join(' or ')})`;
  const answer = (await terminal.ask(`${label}${among ?? ''}${proposal}`)).trim();
  if (answer === '' && property.default === null) throw new WrongAnswer(`${name} is needed.`);
  if (kind === 'boolean' && answer !== '') return readFlag(answer);
  if (answer !== '' && property.choices?.includes(answer) === false)
    throw new WrongAnswer(`Type ${property.choices.join(' or ')}.`);
  if (kind === 'integer' && !/^\d*$/.test(answer)) throw new WrongAnswer('Type a whole number.');
  return answer;
}

function readFlag(answer: string): string {
  if (/^(y|yes|true)$/i.test(answer)) return 'true';
  if (/^(n|no|false)$/i.test(answer)) return 'false';
  throw new WrongAnswer('Type yes or no.');
}

/** What would be wrong usage in an argument is a wrong answer here. */
function onlyWrong<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof UsageError ? new WrongAnswer(error.message) : error;
  }
}
