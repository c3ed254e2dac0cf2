import { type ExactJson, type ExactJsonObject, isExactObject } from '../../lib/exact-json.ts';
import { openReferences, type SchemaReferences } from '../../shape/schema-references.ts';
import { all, type Check, pass, violation } from './check.ts';
import { combiningKeywords } from './combining-keywords.ts';
import { containerKeywords } from './container-keywords.ts';
import { below, InvalidSchema, type Keyword, type Place, wrongType } from './keyword.ts';
import { scalarKeywords } from './scalar-keywords.ts';

/** In this order: what a value is comes first, so that its violation names the type. */
const keywords: readonly (readonly [string, Keyword])[] = Object.entries({
  ...scalarKeywords,
  ...containerKeywords,
  ...combiningKeywords,
});

/**
 * Compiles a JSON Schema of the draft 4 era (with `const`, boolean schemas and the numeric exclusive bounds of draft
 * 6). `format` is not asserted, unknown keywords are ignored, and a `$ref` stays within the schema, where it finds a
 * place by pointer or by `id`. Schemas that are
 * reached only by references are compiled once each, however often they refer to each other.
 * @throws {InvalidSchema}
 */
export function compileSchema(root: ExactJsonObject): Check {
  const references = openReferences(root);
  const targets = new Map<ExactJson, Check | null>();
  const waiting: { readonly target: ExactJson; readonly pointer: string }[] = [];

  function compile(schema: ExactJson, pointer: string): Check {
    if (schema === true) return pass;
    if (schema === false) return () => violation('false schema always fails');
    if (!isExactObject(schema)) return wrongType(pointer, ['object'], schema);
    if (Object.hasOwn(schema, '$ref')) return follow(schema, pointer);

    const place: Place = {
      schema,
      pointer,
      compile: (inner, ...path) => compile(inner, below(pointer, ...path)),
    };
    const checks: Check[] = [];
    for (const [name, keyword] of keywords) {
      if (!Object.hasOwn(schema, name)) continue;
      const check = keyword(schema[name]!, place);
      if (check !== null) checks.push(check);
    }
    return all(checks);
  }

  /** What stands beside a `$ref` is ignored, as draft 4 says. */
  function follow(schema: ExactJsonObject, pointer: string): Check {
    const reference = schema.$ref!;
    if (typeof reference !== 'string') return wrongType(below(pointer, '$ref'), ['string'], reference);
    const { target, pointer: place } = resolve(references, schema, reference, pointer);
    if (!targets.has(target)) {
      targets.set(target, null);
      waiting.push({ target, pointer: place });
    }
    return (value, run) => run.enter(targets.get(target)!, value, 1);
  }

  const check = compile(root, '#');
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    targets.set(next.target, compile(next.target, next.pointer));
  refuseEndless(root, references);
  return (value, run) => run.enter(check, value, 1);
}

/** Where a reference leads. */
function resolve(
  references: SchemaReferences,
  schema: ExactJsonObject,
  reference: string,
  from: string,
): { target: ExactJson; pointer: string } {
  const found = references.find(schema, reference);
  if (found === 'elsewhere')
    throw new InvalidSchema(
      `${from}/$ref: only references within the schema are followed, found: ${reference}`,
    );
  if (found === 'nothing') throw new InvalidSchema(`${from}/$ref: nothing stands at ${reference}`);
  const pointer = reference.includes('#') ? reference.slice(reference.indexOf('#')) : reference;
  return { target: found.target as ExactJson, pointer };
}

/**
 * Refuses a schema that would check a value by checking the same value again, without end:
 * `{"$ref": "#"}`, or a circle of references through allOf, anyOf, oneOf, not and dependencies.
 */
function refuseEndless(root: ExactJsonObject, references: SchemaReferences): void {
  const judged = new Map<ExactJson, 'open' | 'fine'>();
  const judge = (schema: ExactJson, pointer: string, depth: number): void => {
    if (!isExactObject(schema) || judged.get(schema) === 'fine') return;
    if (judged.get(schema) === 'open' || depth > maxChain)
      throw new InvalidSchema(`${pointer}: references lead back to themselves, or through too many schemas`);
    judged.set(schema, 'open');
    for (const [inner, place] of overSameValue(references, schema, pointer)) judge(inner, place, depth + 1);
    judged.set(schema, 'fine');
    for (const [inner, place] of overParts(schema, pointer)) parts.push({ schema: inner, pointer: place });
  };
  const parts: { readonly schema: ExactJson; readonly pointer: string }[] = [{ schema: root, pointer: '#' }];
  for (let next = parts.pop(); next !== undefined; next = parts.pop()) judge(next.schema, next.pointer, 0);
}

/** Schemas that one value may meet one inside the other. */
const maxChain = 200;

type Found = readonly [schema: ExactJson, pointer: string];

function overSameValue(
  references: SchemaReferences,
  schema: ExactJsonObject,
  pointer: string,
): readonly Found[] {
  if (typeof schema.$ref === 'string') {
    const { target, pointer: place } = resolve(references, schema, schema.$ref, pointer);
    return [[target, place]];
  }
  const found = (['allOf', 'anyOf', 'oneOf'] as const).flatMap((name) => listed(schema, name, pointer));
  if (Object.hasOwn(schema, 'not')) found.push([schema.not!, below(pointer, 'not')]);
  return [...found, ...entriesOf(schema, 'dependencies', pointer)];
}

/** Schemas of the parts of a value: these come to an end when the value does. */
function overParts(schema: ExactJsonObject, pointer: string): readonly Found[] {
  if (Object.hasOwn(schema, '$ref')) return [];
  const single = (['items', 'additionalItems', 'additionalProperties'] as const).filter((name) =>
    Object.hasOwn(schema, name),
  );
  return [
    ...single.map((name): Found => [schema[name]!, below(pointer, name)]),
    ...listed(schema, 'items', pointer),
    ...entriesOf(schema, 'properties', pointer),
    ...entriesOf(schema, 'patternProperties', pointer),
  ];
}

function listed(schema: ExactJsonObject, name: string, pointer: string): Found[] {
  const list = Object.hasOwn(schema, name) ? schema[name] : undefined;
  return Array.isArray(list) ? list.map((inner, at): Found => [inner, below(pointer, name, at)]) : [];
}

function entriesOf(schema: ExactJsonObject, name: string, pointer: string): Found[] {
  const entries = Object.hasOwn(schema, name) ? schema[name] : undefined;
  if (!isExactObject(entries)) return [];
  return Object.entries(entries).map(([key, inner]): Found => [inner, below(pointer, name, key)]);
}
