import { isJsonObject } from '../lib/json.ts';

/**
 * Finds what `$ref` of a JSON Schema refers to: by pointer (`#/definitions/a`), or by an `id` that stands in the same
 * schema. Nothing is ever fetched.
 */
export interface SchemaReferences {
  /**
   * `elsewhere`: the reference leads out of the schema. `nothing`: it leads to a place where nothing stands.
   * @param from the schema that holds the reference.
   */
  find(from: object, reference: string): { readonly target: unknown } | 'elsewhere' | 'nothing';
}

/** Where a schema without an `id` is; no URL that a sender writes begins so. */
const unnamed = 'schema:///';

export function openReferences(root: unknown): SchemaReferences {
  /** The URL that references in a schema are relative to, where it is not the root's. */
  const bases = new Map<object, string>();
  const named = new Map<string, unknown>();
  const rootBase = baseBelow(root, unnamed);

  const waiting: (readonly [schema: unknown, base: string])[] = [[root, unnamed]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [schema, above] = next;
    if (!isJsonObject(schema)) continue;
    const url = urlOf(schema, above);
    if (url !== null && !named.has(url)) named.set(url, schema);
    const base = baseBelow(schema, above);
    if (base !== rootBase) bases.set(schema, base);
    for (const inner of subschemas(schema)) waiting.push([inner, base]);
  }

  return {
    find(from, reference) {
      const url = URL.parse(reference, bases.get(from) ?? rootBase);
      if (url === null) return 'elsewhere';
      const fragment = url.hash.slice(1);
      url.hash = '';
      const within = [
        ...(named.has(url.href) ? [named.get(url.href)] : []),
        // Schemas have ids that mean nothing, too; their writers count from the top.
        ...(url.href === rootBase || reference.startsWith('#') ? [root] : []),
      ];
      if (within.length === 0) return 'elsewhere';
      if (fragment !== '' && !fragment.startsWith('/')) {
        const name = `${url.href}#${fragment}`;
        return named.has(name) ? { target: named.get(name) } : 'nothing';
      }
      for (const start of within) {
        const found = follow(start, fragment);
        if (found !== null) return found;
      }
      return 'nothing';
    },
  };
}

/** What a schema calls itself; null where it has no name. Beside a `$ref` an id means nothing. */
function urlOf(schema: object, base: string): string | null {
  const own = (key: string): unknown =>
    Object.hasOwn(schema, key) ? schema[key as keyof typeof schema] : undefined;
  const id = typeof own('$id') === 'string' ? own('$id') : own('id');
  if (typeof id !== 'string' || own('$ref') !== undefined) return null;
  return URL.parse(id, base)?.href.replace(/#$/, '') ?? null;
}

const baseBelow = (schema: unknown, base: string): string =>
  (isJsonObject(schema) ? urlOf(schema, base) : null)?.replace(/#.*$/, '') ?? base;

const single = ['not', 'items', 'additionalItems', 'additionalProperties'];
const lists = ['allOf', 'anyOf', 'oneOf', 'items'];
const maps = ['properties', 'patternProperties', 'definitions', 'dependencies'];

function* subschemas(schema: object): Generator<unknown> {
  for (const [key, value] of Object.entries(schema)) {
    if (single.includes(key) && !Array.isArray(value)) yield value;
    if (lists.includes(key) && Array.isArray(value)) yield* value;
    if (maps.includes(key) && isJsonObject(value)) yield* Object.values(value);
  }
}

/** @param pointer a JSON pointer as it stands in a URL. */
function follow(start: unknown, pointer: string): { readonly target: unknown } | null {
  let target = start;
  for (const part of pointer.split('/').slice(1)) {
    const name = decode(part);
    if (name === null || typeof target !== 'object' || target === null || !Object.hasOwn(target, name))
      return null;
    target = (target as Readonly<Record<string, unknown>>)[name];
  }
  return { target };
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return null;
  }
}
