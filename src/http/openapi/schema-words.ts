import type { JsonObject } from '../../lib/json.ts';

export const text: JsonObject = { type: 'string' };
export const number: JsonObject = { type: 'integer' };
export const flag: JsonObject = { type: 'boolean' };
export const nothing: JsonObject = { type: 'null' };
export const time: JsonObject = { type: 'string', format: 'date-time', description: 'UTC, whole seconds.' };
export const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });
export const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
export const listOf = (items: JsonObject): JsonObject => ({ type: 'array', items });
export const oneOf = (...values: string[]): JsonObject => ({ type: 'string', enum: values });

/** A closed object with all its keys required, but the optional ones. */
export function object(properties: Record<string, JsonObject>, optional: readonly string[] = []): JsonObject {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
  };
}

/** An object that may gain keys. */
export const open = (
  properties: Record<string, JsonObject>,
  optional: readonly string[] = [],
): JsonObject => ({
  ...object(properties, optional),
  additionalProperties: true,
});

export const anyProperties = (description: string, values: JsonObject): JsonObject => ({
  type: 'object',
  description,
  additionalProperties: values,
});
