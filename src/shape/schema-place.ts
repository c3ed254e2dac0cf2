import { ExactNumber } from '../lib/exact-number.ts';
import { isJsonObject, type JsonObject } from '../lib/json.ts';
import { isPowerOfTen } from './decimal.ts';
import { openReferences, type SchemaReferences } from './schema-references.ts';
import type { SchemaPlace, TypeRules } from './shape.ts';

/** Everything is typed by value: push, and places that no schema speaks about. */
export const untyped: SchemaPlace = {
  rules: { numbers: 'by-value', strings: 'text' },
  property: () => untyped,
  tuple: 0,
  element: () => untyped,
};

export interface CompileOptions {
  /**
   * Tells whether a `patternProperties` pattern matches a name. Patterns come from outside: whoever passes this bounds
   * its time. Without it such properties are typed by value.
   */
  readonly matches?: (pattern: string, name: string) => boolean;
}

/**
 * What a JSON Schema (draft 4 era; booleans of later drafts too) says about types. Never throws: what it does not
 * understand, or a `$ref` that leads nowhere, is typed by value. References are followed inside the schema only, and
 * as deep as records nest, so a recursive schema is fine.
 */
export function compileSchema(schema: unknown, options: CompileOptions = {}): SchemaPlace {
  const context: Context = {
    references: openReferences(schema),
    matches: options.matches ?? (() => false),
  };
  return placeOf(context, alternativesOf(context, schema, []));
}

interface Context {
  readonly references: SchemaReferences;
  readonly matches: (pattern: string, name: string) => boolean;
}

/** Schemas that all hold. */
type Conjunction = readonly JsonObject[];
/** Of which at least one holds; none of them: nothing is allowed. */
type Alternatives = readonly Conjunction[];

const anything: Alternatives = [[]];
/** A schema with more combinations than this says too little about types to be worth following. */
const maxAlternatives = 64;

function alternativesOf(context: Context, schema: unknown, followed: readonly string[]): Alternatives {
  if (schema === false) return [];
  if (!isJsonObject(schema)) return anything;
  const reference = member(schema, '$ref');
  if (typeof reference === 'string') {
    // In draft 4 what stands beside $ref is ignored.
    if (followed.includes(reference)) return anything;
    const found = context.references.find(schema, reference);
    if (typeof found === 'string') return anything;
    return alternativesOf(context, found.target, [...followed, reference]);
  }
  let alternatives: Alternatives = [[schema]];
  for (const part of listOf(schema, 'allOf'))
    alternatives = both(alternatives, alternativesOf(context, part, followed));
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = listOf(schema, keyword);
    if (branches.length > 0)
      alternatives = both(
        alternatives,
        branches.flatMap((branch) => alternativesOf(context, branch, followed)),
      );
  }
  return alternatives;
}

function both(some: Alternatives, others: Alternatives): Alternatives {
  if (some.length * others.length > maxAlternatives) return anything;
  return some.flatMap((one) => others.map((other) => [...one, ...other]));
}

function placeOf(context: Context, alternatives: Alternatives): SchemaPlace {
  if (alternatives.length === 1 && alternatives[0]!.length === 0) return untyped;
  const children = (type: string, schemasOf: (schema: JsonObject) => unknown[]): SchemaPlace => {
    const possible = alternatives
      .filter((conjunction) => admits(typesOf(conjunction), type))
      .flatMap((conjunction) =>
        conjunction
          .flatMap(schemasOf)
          .reduce<Alternatives>(
            (found, schema) => both(found, alternativesOf(context, schema, [])),
            anything,
          ),
      );
    return possible.length === 0 || possible.length > maxAlternatives ? untyped : placeOf(context, possible);
  };
  return {
    rules: rulesOf(alternatives),
    property: (name) => children('object', (schema) => propertySchemas(context, schema, name)),
    tuple: Math.min(maxTuple, Math.max(0, ...alternatives.flat().map(tupleLength))),
    element: (index) => children('array', (schema) => elementSchemas(schema, index)),
  };
}

function propertySchemas(context: Context, schema: JsonObject, name: string): unknown[] {
  const found: unknown[] = [];
  const named = member(schema, 'properties');
  if (isJsonObject(named) && Object.hasOwn(named, name)) found.push(named[name]);
  const patterns = member(schema, 'patternProperties');
  if (isJsonObject(patterns))
    for (const [pattern, value] of Object.entries(patterns))
      if (context.matches(pattern, name)) found.push(value);
  const rest = member(schema, 'additionalProperties');
  return found.length === 0 && isJsonObject(rest) ? [rest] : found;
}

/** Later elements of longer tuples share one place. */
const maxTuple = 100;

function tupleLength(schema: JsonObject): number {
  const items = member(schema, 'items');
  return Array.isArray(items) ? items.length : 0;
}

function elementSchemas(schema: JsonObject, index: number): unknown[] {
  const items = member(schema, 'items');
  if (!Array.isArray(items)) return isJsonObject(items) ? [items] : [];
  const rest = member(schema, 'additionalItems');
  return index < items.length ? [items[index]] : isJsonObject(rest) ? [rest] : [];
}

function rulesOf(alternatives: Alternatives): TypeRules {
  const numbers = new Set<TypeRules['numbers']>();
  let dateTime = false;
  let text = false;
  for (const conjunction of alternatives) {
    const types = typesOf(conjunction);
    if (types === null) {
      text = true;
      continue;
    }
    if (types.has('number')) numbers.add(conjunction.some(hasFixedPlaces) ? 'numeric' : 'double');
    else if (types.has('integer')) numbers.add('integer');
    if (types.has('string')) {
      const isDateTime = conjunction.some((schema) => member(schema, 'format') === 'date-time');
      dateTime ||= isDateTime;
      text ||= !isDateTime;
    }
  }
  const strings = dateTime ? (text ? 'date-time-or-text' : 'date-time') : 'text';
  // The widest that the schema names: a column that may hold 3.5 holds 3 the same way.
  const widest = (['numeric', 'double', 'integer'] as const).find((type) => numbers.has(type));
  return { strings, numbers: widest ?? 'by-value' };
}

/** Null: the schemas do not say. */
function typesOf(conjunction: Conjunction): ReadonlySet<string> | null {
  return conjunction
    .map(statedTypes)
    .filter((types) => types !== null)
    .reduce<ReadonlySet<string> | null>((some, more) => (some === null ? more : inBoth(some, more)), null);
}

function statedTypes(schema: JsonObject): ReadonlySet<string> | null {
  const stated = member(schema, 'type');
  if (typeof stated === 'string') return new Set([stated]);
  return Array.isArray(stated) ? new Set(stated.filter((type) => typeof type === 'string')) : null;
}

function inBoth(some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  // Every integer is a number, whichever of the two says which.
  const holds = (types: ReadonlySet<string>, type: string) =>
    types.has(type) || (type === 'integer' && types.has('number'));
  return new Set([...some, ...others].filter((type) => holds(some, type) && holds(others, type)));
}

const admits = (types: ReadonlySet<string> | null, type: string): boolean => types?.has(type) ?? true;

function hasFixedPlaces(schema: JsonObject): boolean {
  const step: unknown = member(schema, 'multipleOf');
  if (step instanceof ExactNumber) return isPowerOfTen(step.text);
  return typeof step === 'number' && Number.isFinite(step) && isPowerOfTen(String(step));
}

const member = (schema: JsonObject, name: string): unknown =>
  Object.hasOwn(schema, name) ? schema[name] : undefined;

function listOf(schema: JsonObject, name: string): readonly unknown[] {
  const list = member(schema, name);
  return Array.isArray(list) ? list : [];
}
