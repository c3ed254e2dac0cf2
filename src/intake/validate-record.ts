import { createBoundedCache } from '../lib/bounded-cache.ts';
import type { ExactJsonObject } from '../lib/exact-json.ts';
import type { Check } from './schema/check.ts';
import { compileSchema } from './schema/compile-schema.ts';
import { schemaText } from './schema-text.ts';

/**
 * Compiles the schemas of batches, each text once: senders repeat theirs in every body.
 * @throws {InvalidSchema}
 */
export type CompileSchema = (schema: ExactJsonObject) => Check;

/** @param options.maxCharacters of all schemas kept, as JSON; what was not used longest is forgotten. */
export function createSchemaCache(options: { readonly maxCharacters: number }): CompileSchema {
  const cache = createBoundedCache<string, { readonly check: Check; readonly size: number }>({
    maxSize: options.maxCharacters,
    sizeOf: ({ size }) => size,
  });
  return (schema) => {
    const text = schemaText(schema);
    const known = cache.get(text);
    if (known !== undefined) return known.check;
    const check = compileSchema(schema);
    cache.set(text, { check, size: text.length });
    return check;
  };
}
