import { Bug } from '../../errors/bug.ts';
import type { Json } from '../../lib/json.ts';
import { credentialMask } from '../../model/credential-mask.ts';
import type { Destination } from '../../model/destination.ts';
import type { Form, FormProperty, PropertyValue } from '../../model/form.ts';
import { isSealed } from '../../model/form.ts';
import { formProperties } from '../../model/form-properties.ts';
import { renderTimestamp } from '../../model/timestamp.ts';

/** A destination in v3's form and the key order of the contract, as JSON in ASCII. */
export function renderDestination(destination: Destination, form: Form): string {
  const { id, type, createdAt, updatedAt, lastCheck } = destination;
  return renderV3({
    id,
    type,
    created_at: renderTimestamp(createdAt),
    updated_at: renderTimestamp(updatedAt),
    connection: renderConnection(destination, form),
    last_check: lastCheck && {
      error: lastCheck.error,
      started_at: renderTimestamp(lastCheck.startedAt),
      completed_at: renderTimestamp(lastCheck.completedAt),
    },
  });
}

/** v3 labels its answers ISO-8859-1: with all else escaped they read the same under that name and under UTF-8. */
export const renderV3 = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function renderConnection(destination: Destination, form: Form): Record<string, Json> {
  const { properties, credentialNames } = destination;
  const byName = new Map(formProperties(form).map((property) => [property.name, property]));
  const connection: Record<string, Json> = {};
  for (const name of form.v3Order) {
    const property = byName.get(name);
    if (property === undefined)
      throw new Bug(`${destination.type}: v3Order names ${name}, the form does not`);
    if (property.hiddenInV3?.(properties)) continue;
    if (isSealed(property)) {
      if (credentialNames.includes(name)) connection[name] = credentialMask;
      continue;
    }
    const value = properties[name];
    if (value !== undefined) connection[name] = toNatural(property, value);
  }
  return connection;
}

/** From the string that is stored to the JSON type that v3 shows. */
function toNatural({ natural }: FormProperty, value: PropertyValue): Json {
  if (natural === 'integer') return Number(value);
  if (natural === 'boolean') return value === 'true';
  return value;
}
