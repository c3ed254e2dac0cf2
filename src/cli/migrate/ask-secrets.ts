import { givenToken } from '../../control/new-token.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type Secrets, secretKey, tokenKey } from './given-secrets.ts';
import type { MigrationPlan, NewDestination, NewSource } from './plan.ts';

export interface Answers {
  readonly secrets: Secrets;
  /** The original's ids of destinations that are left for another time. */
  readonly leftOut: ReadonlySet<number>;
}

/**
 * Asks for the secrets that are missing. Nobody has to know all of them at once: an empty answer leaves a destination
 * out, and the next run asks again.
 * @throws {UsageError} naming all that are missing, when nobody can be asked.
 */
export async function askSecrets(
  terminal: Terminal,
  { destinations, sources }: MigrationPlan,
  given: Secrets,
): Promise<Answers> {
  const created = destinations.filter((one): one is NewDestination => one.fate === 'create');
  if (!terminal.interactive) {
    const missing = created.flatMap(({ id, secrets }) =>
      secrets.map(({ name }) => secretKey(id, name)).filter((key) => !given.has(key)),
    );
    if (missing.length > 0)
      throw new UsageError(
        `secrets are missing: ${missing.join(', ')}. Give each with --secret ${missing[0]}=@file, or all in one --secrets <file>`,
      );
    return { secrets: given, leftOut: new Set() };
  }
  const secrets = new Map(given);
  const leftOut = new Set<number>();
  for (const destination of created)
    if (!(await askForOne(terminal, destination, secrets))) leftOut.add(destination.id);
  for (const source of sources)
    if (source.fate === 'create' && source.hasTokens) await askForToken(terminal, source, secrets);
  return { secrets, leftOut };
}

async function askForOne(
  terminal: Terminal,
  { id, name, secrets }: NewDestination,
  known: Map<string, string>,
): Promise<boolean> {
  for (const property of secrets) {
    const key = secretKey(id, property.name);
    if (known.has(key)) continue;
    terminal.note(`${property.help} Leave it empty to move this destination another time.`);
    const answer = await terminal.askSecret(`destination ${id} ${printable(name)}, ${property.name}`);
    if (answer === '') return false;
    known.set(key, answer);
  }
  return true;
}

async function askForToken(
  terminal: Terminal,
  { id, name }: NewSource,
  known: Map<string, string>,
): Promise<void> {
  if (known.has(tokenKey(id))) return;
  terminal.note(
    'An import token that its senders have goes on working here. Leave it empty to give them a new one.',
  );
  for (;;) {
    const answer = await terminal.askSecret(`source ${id} ${printable(name)}, import_token`);
    if (answer === '') return;
    if (givenToken.pattern.test(answer)) return void known.set(tokenKey(id), answer);
    terminal.note(`That cannot be kept: a token ${givenToken.why}.`);
  }
}
