import type { Json } from '@backstitch/client';
import type { Properties } from '../api/destinations.ts';
import { type FormField, type FormValues, isShown } from './form-fields.ts';

/**
 * What is sent of a form. New settings are all that was given; of settings that are stored already, what differs. An
 * optional one that was emptied is cleared, and a credential that was left empty keeps its value.
 * @throws {InvalidJson} where an input takes JSON and holds none.
 */
export function formProperties(
  fields: readonly FormField[],
  values: FormValues,
  before: FormValues | null,
): Properties {
  const properties: Record<string, Json | null> = {};
  for (const field of fields) {
    const { name, input, isCredential, isRequired } = field;
    const given = values[name] ?? '';
    const value = input === 'lines' || isCredential ? given : given.trim();
    if (!isShown(field, values)) {
      // A certificate that is not used would only be a warning.
      if (name === 'sslrootcert' && before?.[name]) properties[name] = null;
      continue;
    }
    if (before !== null && (isCredential ? value === '' : value === before[name])) continue;
    // Left out means the same, and leaves no trace.
    if (before === null && input === 'flag' && !isRequired && value === 'false') continue;
    if (value !== '') properties[name] = input === 'json' ? parseJson(name, value) : value;
    else if (before !== null && !isRequired) properties[name] = null;
    // What is missing is for the server to say, which knows the rules.
    else if (isRequired && before !== null) properties[name] = '';
  }
  return properties;
}

export class InvalidJson extends Error {
  override readonly name = 'InvalidJson';
  readonly property: string;
  constructor(property: string) {
    super('This is no JSON object.');
    this.property = property;
  }
}

function parseJson(name: string, text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Said below.
  }
  throw new InvalidJson(name);
}
