import type { Json } from '../lib/json.ts';
import type { FormProperty } from '../model/form.ts';
import { UsageError } from './usage-error.ts';

/** Where the value of a property given on the command line stands. */
export type PropertySource =
  | { readonly from: 'argument'; readonly value: string }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'input' };

/**
 * Takes apart `key=value`, `key=@file` and `key=-` (standard input). Whether the keys exist is for the form to say.
 * @throws {UsageError} for another shape, a property given twice, two values from standard input, or a credential
 * whose value stands in the argument itself.
 */
export function parsePropertyArguments(
  given: readonly string[],
  credentials: ReadonlySet<string>,
): ReadonlyMap<string, PropertySource> {
  const sources = new Map<string, PropertySource>();
  for (const argument of given) {
    const [name, source] = parseArgument(argument);
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

function parseArgument(argument: string): [name: string, source: PropertySource] {
  const at = argument.indexOf('=');
  // The argument itself is not repeated: somebody may have typed a password where a key was expected.
  if (at < 1) throw new UsageError('properties are given as key=value, key=@file or key=-');
  const name = argument.slice(0, at);
  const value = argument.slice(at + 1);
  if (value === '-') return [name, { from: 'input' }];
  if (value.startsWith('@')) return [name, { from: 'file', path: value.slice(1) }];
  return [name, { from: 'argument', value }];
}

const credentialInArgument = (name: string): UsageError =>
  new UsageError(
    `${name} is a credential, and arguments can be read by every user of this machine and stay in the shell's ` +
      `history: write ${name}=@file, or ${name}=- to read standard input, or leave it out to be asked`,
  );

/** The value as a request would hold it: JSON for a property that is an object, text for the others. */
export function propertyValue(property: FormProperty | undefined, text: string): Json {
  if (property?.natural !== 'object') return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UsageError(`${property.name} is a JSON object, and what was given is not valid JSON`);
  }
}
