import type { Json } from '../lib/json.ts';
import type { BadProperty } from './form.ts';
import type { Source } from './source.ts';

/**
 * An Import API source has no form. It takes this one property, which stands in no report card: what becomes of a
 * record that breaks its schema or its keys. `refuse` (the contract) makes its whole request a 400; with `reject` the
 * record goes to the rejected ones and its neighbours are loaded.
 */
const values: Readonly<Record<string, readonly string[]>> = {
  on_invalid: ['refuse', 'reject'],
};

export interface MergedSourceProperties {
  readonly properties: Source['properties'];
  readonly bad: readonly BadProperty[];
}

/** The stored properties with the given ones in their place; null clears one. */
export function mergeSourceProperties(
  stored: Source['properties'],
  given: Readonly<Record<string, Json>>,
): MergedSourceProperties {
  const properties = new Map(Object.entries(stored));
  const bad: BadProperty[] = [];
  for (const [name, value] of Object.entries(given)) {
    const allowed = Object.hasOwn(values, name) ? values[name] : undefined;
    if (allowed === undefined) bad.push({ name, why: 'A source of this type has no such property.' });
    else if (value === null) properties.delete(name);
    else if (typeof value === 'string' && allowed.includes(value)) properties.set(name, value);
    else bad.push({ name, why: `Must be ${allowed.map((text) => `"${text}"`).join(' or ')}.` });
  }
  return { properties: Object.fromEntries(properties), bad };
}
