import { isJsonObject } from '../lib/json.ts';
import type { FormProperty, PropertyValue } from './form.ts';

/** A credential's value as the text that is sealed: a string as it is, an object as JSON. */
export const secretText = (value: PropertyValue): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** The way back, after the seal has been opened. */
export function parseSecretText(property: Pick<FormProperty, 'natural'>, text: string): PropertyValue {
  if (property.natural !== 'object') return text;
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? value : text;
}
