import type { DestinationFormProperty } from '@backstitch/client';
import { destinationTypes } from '../../destinations/registry.ts';
import type { Json } from '../../lib/json.ts';
import { formProperties } from '../../model/form-properties.ts';
import { askSecret, readSecret } from '../read-secret.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { TypeForm } from './read-form.ts';

/** Where the value of a property given on the command line stands. */
export type PropertySource =
  | { readonly from: 'argument'; readonly value: string }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'input' }
  | { readonly from: 'question' };

/** What is a credential in every type that has it: refused before it is known which type it is. */
const credentialNames: ReadonlySet<string> = namesOfCredentials();

function namesOfCredentials(): ReadonlySet<string> {
  const all = destinationTypes.flatMap(({ form }) => formProperties(form));
  const plain = new Set(all.filter(({ isCredential }) => !isCredential).map(({ name }) => name));
  return new Set(all.map(({ name }) => name).filter((name) => !plain.has(name)));
}

/**
 * Takes apart `key=value`, `key=@file`, `key=-` (standard input) and the bare name of a credential, which is asked for.
 * Whether the keys exist is for the form to say.
 * @throws {UsageError} for another shape, a property given twice, two values from standard input, or a credential
 * whose value stands in the argument itself.
 */
export function parsePropertyArguments(
  given: readonly string[],
  credentials: ReadonlySet<string> = credentialNames,
): ReadonlyMap<string, PropertySource> {
  const sources = new Map<string, PropertySource>();
  for (const argument of given) {
    const [name, source] = parseArgument(argument, credentials);
    if (sources.has(name)) throw new UsageError(`property ${name} is given twice`);
    if (source.from === 'argument' && credentials.has(name)) throw credentialInArgument(name);
    sources.set(name, source);
  }
  const fromInput = [...sources].filter(([, source]) => source.from === 'input').map(([name]) => name);
  if (fromInput.length > 1) {
    throw new UsageError(
      `only one property can come from standard input, not ${fromInput.join(' and ')}: put the others into files (key=@file)`,
    );
  }
  return sources;
}

function parseArgument(
  argument: string,
  credentials: ReadonlySet<string>,
): [name: string, source: PropertySource] {
  if (credentials.has(argument)) return [argument, { from: 'question' }];
  const at = argument.indexOf('=');
  // The argument itself is not repeated: somebody may have typed a password where a key was expected.
  if (at < 1)
    throw new UsageError(
      'properties are given as key=value, key=@file or key=-; a credential also by its name',
    );
  const name = argument.slice(0, at);
  const value = argument.slice(at + 1);
  if (value === '-') return [name, { from: 'input' }];
  if (value.startsWith('@')) return [name, { from: 'file', path: value.slice(1) }];
  return [name, { from: 'argument', value }];
}

const credentialInArgument = (name: string): UsageError =>
  new UsageError(
    `${name} is a credential, and arguments can be read by every user of this machine and stay in the shell's ` +
      `history: write ${name}=@file, or ${name}=- to read standard input, or ${name} alone to be asked`,
  );

/** Values by property, read from where they stand. @throws {UsageError} also for a credential in an argument. */
export async function readProperties(
  terminal: Terminal,
  { properties }: TypeForm,
  sources: ReadonlyMap<string, PropertySource>,
): Promise<ReadonlyMap<string, Json>> {
  const entries = new Map(properties.map((property) => [property.name, property]));
  const values = new Map<string, Json>();
  for (const [name, source] of sources) {
    const entry = entries.get(name);
    if (entry?.isCredential && source.from === 'argument') throw credentialInArgument(name);
    values.set(name, propertyValue(entry, await readText(terminal, name, source)));
  }
  return values;
}

async function readText(terminal: Terminal, name: string, source: PropertySource): Promise<string> {
  if (source.from === 'argument') return source.value;
  if (source.from === 'question') {
    if (terminal.interactive) return await askSecret(terminal, name);
    throw new UsageError(
      `${name} cannot be asked for, since input is no terminal: write ${name}=@file, or ${name}=- to read standard input`,
    );
  }
  return await readSecret(terminal, source.from === 'input' ? '-' : source.path);
}

/** The value as a request would hold it: JSON for a property that is an object, text for the others. */
export function propertyValue(
  property: Pick<DestinationFormProperty, 'name' | 'kind'> | undefined,
  text: string,
): Json {
  if (property?.kind !== 'object') return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UsageError(`${property.name} is a JSON object, and what was given is not valid JSON`);
  }
}
