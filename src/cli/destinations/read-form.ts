import type { Client, DestinationFormProperty, DestinationType } from '@backstitch/client';
import { nearest } from '../../lib/nearest.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** What people can fill in of a type. */
export interface TypeForm {
  readonly type: string;
  /** For people: `PostgreSQL`. */
  readonly title: string;
  /** In the order in which people are asked. */
  readonly properties: readonly FormEntry[];
}

export interface FormEntry extends DestinationFormProperty {
  readonly isRequired: boolean;
  readonly isCredential: boolean;
  /** The words it may have; null: not only a few. */
  readonly choices: readonly string[] | null;
}

/** The form of a type that the server connects. @throws {UsageError} that names those there are. */
export async function readForm(client: Client, name: string): Promise<TypeForm> {
  const [types, forms] = await Promise.all([client.destinations.types(), client.destinations.forms()]);
  const card = types.find(({ type }) => type === name);
  const form = forms.find(({ type }) => type === name);
  if (!card || !form) throw unknownType(name, types);
  if (!card.details.access)
    throw new UsageError(`the server knows ${name}, but cannot connect it; it connects ${connected(types)}`);
  const rules = new Map(card.steps.flatMap((step) => step.properties).map((rule) => [rule.name, rule]));
  const properties = form.properties.map((property) => ({
    ...property,
    isRequired: rules.get(property.name)?.is_required ?? false,
    isCredential: rules.get(property.name)?.is_credential ?? false,
    choices: choicesOf(rules.get(property.name)?.json_schema?.pattern),
  }));
  return { type: name, title: form.title, properties };
}

/** A pattern like `^(ssh|none)$` says them. */
const choicesOf = (pattern: unknown): readonly string[] | null =>
  (typeof pattern === 'string' && /^\^\(([\w|-]+)\)\$$/.exec(pattern)?.[1]?.split('|')) || null;

function unknownType(name: string, types: readonly DestinationType[]): UsageError {
  const names = types.map(({ type }) => type);
  const meant = nearest(name, names);
  return new UsageError(
    `there is no destination type ${name}${meant === null ? '' : ` (is ${meant} meant?)`}; the server connects ${connected(types)}`,
  );
}

const connected = (types: readonly DestinationType[]): string =>
  types
    .filter(({ details }) => details.access)
    .map(({ type }) => type)
    .join(', ');

/** Lets somebody choose a type. @throws {UsageError} where nobody can be asked. */
export async function askType(client: Client, terminal: Terminal): Promise<string> {
  const forms = (await client.destinations.forms()).filter(({ access }) => access);
  if (!terminal.interactive)
    throw new UsageError(`say with --type what it is: ${forms.map(({ type }) => type).join(', ')}`);
  for (const [index, { title, type }] of forms.entries()) terminal.note(`  ${index + 1}  ${title} (${type})`);
  for (;;) {
    const answer = (await terminal.ask('Which type (number or name)')).trim();
    const found = forms[Number(answer) - 1] ?? forms.find(({ type }) => type === answer);
    if (found) return found.type;
    terminal.note(`Type a number from 1 to ${forms.length}, or a name.`);
  }
}
