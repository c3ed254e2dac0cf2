import { assert, Bug } from '../errors/bug.ts';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';

/** Says in one sentence, without the value, what would be right; null: the value fits. */
type SchemaCheck = (value: Json) => string | null;

/**
 * A validator for exactly the keywords of JSON Schema that report cards use. A form with another keyword is a bug that
 * shows when the form is first used. Compiled once for each schema object.
 */
export function schemaCheck(schema: JsonObject): SchemaCheck {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = compile(schema, schema);
    compiled.set(schema, check);
  }
  return check;
}

const compiled = new WeakMap<JsonObject, SchemaCheck>();

/** A keyword's part of the check; it passes values of types that the keyword says nothing about. */
type Keyword = (schema: JsonObject, root: JsonObject) => SchemaCheck;

const pass: SchemaCheck = () => null;

const keywords: Readonly<Record<string, Keyword>> = {
  type: ({ type }) => {
    if (type === 'string') return (value) => (typeof value === 'string' ? null : 'Give a string.');
    assert(type === 'object', `report cards have no values of type ${String(type)}`);
    return (value) => (isJsonObject(value) ? null : 'Give a JSON object.');
  },

  pattern: ({ pattern }) => {
    assert(typeof pattern === 'string', 'a pattern is a string');
    const expression = new RegExp(pattern, 'u');
    const why = explainPattern(pattern);
    return (value) => (typeof value !== 'string' || expression.test(value) ? null : why);
  },

  format: ({ format }) => {
    if (format === 'uri')
      return text((value) => (isUri(value) ? null : 'Give a URI, such as https://example.com/.'));
    assert(format === 'email', `report cards have no format ${String(format)}`);
    return text((value) => (/^[^\s@]+@[^\s@]+$/u.test(value) ? null : 'Give an e-mail address.'));
  },

  minLength: ({ minLength }) => {
    assert(typeof minLength === 'number', 'a length is a number');
    return text((value) =>
      [...value].length >= minLength
        ? null
        : minLength === 1
          ? 'Give a value; this one is empty.'
          : `Give at least ${minLength} characters.`,
    );
  },

  required: ({ required }) => {
    assert(Array.isArray(required), 'required is a list');
    return (value) => {
      if (!isJsonObject(value)) return null;
      const missing = required.filter((name) => !Object.hasOwn(value, String(name)));
      return missing.length === 0 ? null : `These keys are missing: ${missing.join(', ')}.`;
    };
  },

  properties: ({ properties }, root) => {
    const checks = new Map(
      Object.entries(object(properties)).map(([name, schema]) => [name, compile(object(schema), root)]),
    );
    return (value) => {
      if (!isJsonObject(value)) return null;
      for (const [name, check] of checks) {
        const why = Object.hasOwn(value, name) ? check(value[name] ?? null) : null;
        if (why !== null) return `In ${name}: ${why}`;
      }
      return null;
    };
  },

  additionalProperties: ({ additionalProperties, properties = {} }) => {
    assert(additionalProperties === false, 'additionalProperties is false or absent');
    const known = new Set(Object.keys(object(properties)));
    return (value) => {
      const unknown = isJsonObject(value) ? Object.keys(value).filter((name) => !known.has(name)) : [];
      return unknown.length === 0 ? null : `Only these keys are known: ${[...known].join(', ')}.`;
    };
  },

  anyOf: ({ anyOf }, root) => {
    assert(Array.isArray(anyOf), 'anyOf is a list');
    const checks = anyOf.map((branch) => compile(object(branch), root));
    return (value) => {
      const reasons = checks.map((check) => check(value));
      return reasons.includes(null) ? null : reasons.join(' Or: ');
    };
  },

  $ref: ({ $ref }, root) => {
    assert(typeof $ref === 'string' && $ref.startsWith('#/definitions/'), 'a $ref stays within its schema');
    return compile(object(object(root.definitions)[$ref.slice('#/definitions/'.length)]), root);
  },

  definitions: () => pass,
};

function compile(schema: JsonObject, root: JsonObject): SchemaCheck {
  const checks = Object.keys(schema).map((name) => {
    const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined;
    if (keyword === undefined) throw new Bug(`report cards have no JSON Schema keyword ${name}`);
    return keyword(schema, root);
  });
  return (value) => {
    for (const check of checks) {
      const why = check(value);
      if (why !== null) return why;
    }
    return null;
  };
}

const text =
  (check: (value: string) => string | null): SchemaCheck =>
  (value) =>
    typeof value === 'string' ? check(value) : null;

function object(value: Json | undefined): JsonObject {
  assert(isJsonObject(value), 'a schema is an object');
  return value;
}

/** RFC 3986: a scheme and something after it, no blanks. */
const isUri = (value: string): boolean => /^[a-z][a-z0-9+.-]*:\S+$/iu.test(value) && URL.canParse(value);

/** `^(a|b)$` and `^a$|^b$` are lists of words to people. */
function explainPattern(pattern: string): string {
  const group = /^\^\((.*)\)\$$/u.exec(pattern)?.[1];
  const words = (group ?? pattern)
    .split('|')
    .map((word) => (group === undefined ? word.replace(/^\^(.*)\$$/u, '$1') : word));
  const plain = words.every((word) => /^[\w-]+$/u.test(word));
  if (plain && words.length > 1) return `Give one of ${words.join(', ')}.`;
  if (plain && words.length === 1) return `Give ${words[0]}.`;
  return `Give a value that matches ${pattern}.`;
}
