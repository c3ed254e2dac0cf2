import { createBoundedCache } from '../lib/bounded-cache.ts';
import type { ExactJsonObject } from '../lib/exact-json.ts';
import { compileSchema } from '../shape/schema-place.ts';
import type { SchemaPlace } from '../shape/shape.ts';
import { maxSteps } from './limits.ts';
import { compilePattern, type Pattern } from './schema/pattern.ts';
import { UnusablePattern } from './schema/pattern-syntax.ts';
import { OutOfSteps, StepBudget } from './schema/step-budget.ts';
import { schemaText } from './schema-text.ts';

/** What the schemas of batches say about types; each text is compiled once, senders repeat theirs in every body. */
export type FindPlace = (schema: ExactJsonObject) => SchemaPlace;

/** @param options.maxCharacters of all schemas kept, as JSON. */
export function createSchemaPlaces(options: { readonly maxCharacters: number }): FindPlace {
  const cache = createBoundedCache<string, { readonly place: SchemaPlace; readonly size: number }>({
    maxSize: options.maxCharacters,
    sizeOf: ({ size }) => size,
  });
  return (schema) => {
    const text = schemaText(schema);
    const known = cache.get(text);
    if (known !== undefined) return known.place;
    const place = compileSchema(schema, { matches: patternMatcher() });
    cache.set(text, { place, size: text.length });
    return place;
  };
}

/** A pattern that cannot be run, or not in time, matches nothing: such properties are typed by value. */
function patternMatcher(): (pattern: string, name: string) => boolean {
  const compiled = new Map<string, Pattern>();
  return (source, name) => {
    try {
      const pattern = compiled.get(source) ?? compilePattern(source);
      compiled.set(source, pattern);
      return pattern(name, new StepBudget(maxSteps));
    } catch (error) {
      if (error instanceof UnusablePattern || error instanceof OutOfSteps) return false;
      throw error;
    }
  };
}
