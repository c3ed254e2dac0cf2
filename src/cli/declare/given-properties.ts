import path from 'node:path';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { FormProperty } from '../../model/form.ts';
import { propertyValue } from '../destinations/property-arguments.ts';
import { readTextFile } from '../read-secret.ts';
import { UsageError } from '../usage-error.ts';
import type { DeclaredValue, Problem } from './declaration.ts';

/** Where references lead. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the declaration's file; paths in it are relative to this. */
  readonly folder: string;
}

/**
 * The values that a destination's properties stand for. Those that cannot be had are reported and left out.
 * @param properties of its form.
 */
export function givenProperties(
  declared: Readonly<Record<string, DeclaredValue>>,
  properties: readonly FormProperty[],
  surroundings: Surroundings,
): { readonly given: JsonObject; readonly problems: readonly Problem[] } {
  const known = new Map(properties.map((property) => [property.name, property]));
  const given: [string, Json][] = [];
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(declared)) {
    try {
      given.push([name, readValue(value, name, known.get(name), surroundings)]);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push({ at: [name], why: error.message });
    }
  }
  return { given: Object.fromEntries(given), problems };
}

function readValue(
  declared: DeclaredValue,
  name: string,
  property: FormProperty | undefined,
  { env, folder }: Surroundings,
): Json {
  if ('value' in declared) {
    if (property?.isCredential && declared.value !== null)
      throw new UsageError(
        `${name} is a credential, which never stands in the file itself: write { env: NAME } or { file: PATH }.`,
      );
    return declared.value;
  }
  const text = 'env' in declared ? env[declared.env] : readTextFile(path.resolve(folder, declared.file));
  if (text === undefined && 'env' in declared)
    throw new UsageError(`the environment variable ${declared.env} is not set: set it where you run this.`);
  const value = (text ?? '').replace(/\r?\n$/, '');
  if (value === '')
    throw new UsageError(
      'env' in declared
        ? `the environment variable ${declared.env} is empty: give it the value.`
        : `${declared.file} is empty: put the value into it.`,
    );
  return propertyValue(property && { name, kind: property.natural }, value);
}
