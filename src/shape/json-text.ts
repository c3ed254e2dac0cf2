import { ExactNumber } from '../lib/exact-number.ts';
import { isInstant } from '../lib/instant.ts';
import { numberText } from './value-types.ts';

/** Compact JSON of a parsed value, every number digit for digit. Null when a text in it is not well-formed Unicode. */
export function renderJson(value: unknown): string | null {
  if (value instanceof ExactNumber) return value.text;
  if (isInstant(value)) return renderText(value.text);
  switch (typeof value) {
    case 'number':
      return numberText(value);
    case 'string':
      return renderText(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? renderArray(value) : renderObject(value);
    default:
      return value === true ? 'true' : value === false ? 'false' : 'null';
  }
}

const renderText = (text: string): string | null => (text.isWellFormed() ? JSON.stringify(text) : null);

function renderArray(values: readonly unknown[]): string | null {
  const parts: string[] = [];
  for (const value of values) {
    const part = renderJson(value);
    if (part === null) return null;
    parts.push(part);
  }
  return `[${parts.join(',')}]`;
}

function renderObject(object: object): string | null {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(object)) {
    const key = renderText(name);
    const part = renderJson(value);
    if (key === null || part === null) return null;
    parts.push(`${key}:${part}`);
  }
  return `{${parts.join(',')}}`;
}
