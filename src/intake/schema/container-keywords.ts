import { type ExactJson, type ExactJsonObject, isExactObject } from '../../lib/exact-json.ts';
import { canonicalText } from './canonical.ts';
import { type Check, type Run, type Violation, violation, within } from './check.ts';
import { below, countOf, type Keywords, namesOf, objectOf, type Place } from './keyword.ts';
import type { Pattern } from './pattern.ts';
import { patternAt } from './scalar-keywords.ts';

/** What arrays and objects may hold. */
export const containerKeywords: Keywords = {
  items: (value, place) => {
    if (!Array.isArray(value)) return elements(place.compile(value, 'items'), 0);
    const checks = value.map((schema, at) => place.compile(schema, 'items', at));
    return array((found, run) => {
      for (let at = 0; at < checks.length && at < found.length; at++) {
        const broken = checks[at]!(found[at]!, run);
        if (broken !== null) return within(at, broken);
      }
      return null;
    });
  },
  additionalItems: (value, place) => {
    const { items } = place.schema;
    if (!Array.isArray(items)) return null;
    const tuple = items.length;
    if (value === false)
      return array((found) =>
        found.length <= tuple
          ? null
          : violation(`expected: [${tuple}] array items, found: [${found.length}]`),
      );
    return value === true ? null : elements(place.compile(value, 'additionalItems'), tuple);
  },
  minItems: (value, place) => {
    const least = countOf(value, place, 'minItems');
    return array((found) =>
      found.length >= least
        ? null
        : violation(`expected minimum item count: ${least}, found: ${found.length}`),
    );
  },
  maxItems: (value, place) => {
    const most = countOf(value, place, 'maxItems');
    return array((found) =>
      found.length <= most ? null : violation(`expected maximum item count: ${most}, found: ${found.length}`),
    );
  },
  uniqueItems: (value) => {
    if (value !== true) return null;
    return array((found, run) => {
      const seen = new Set(found.map((element) => canonicalText(element, run.budget)));
      return seen.size === found.length ? null : violation('array items are not unique');
    });
  },

  required: (value, place) => {
    // Draft 3 has a boolean here, on the property itself.
    if (typeof value === 'boolean') return null;
    const names = namesOf(value, place, 'required');
    return object((found, run) => {
      run.budget.spend(names.length >> 3);
      const missing = names.find((name) => !Object.hasOwn(found, name));
      return missing === undefined ? null : violation(`required key [${missing}] not found`);
    });
  },
  properties: (value, place) => {
    const checks = Object.entries(objectOf(value, place, 'properties')).map(([name, schema]) => ({
      name,
      check: place.compile(schema, 'properties', name),
      // What every object inherits must not be taken for a value.
      inherited: name in Object.prototype,
    }));
    return object((found, run) => {
      run.budget.spend(checks.length >> 3);
      for (const { name, check, inherited } of checks) {
        if (inherited && !Object.hasOwn(found, name)) continue;
        const entry = found[name];
        if (entry === undefined) continue;
        const broken = check(entry, run);
        if (broken !== null) return within(name, broken);
      }
      return null;
    });
  },
  patternProperties: (value, place) => {
    const checks = patterns(value, place).map(([source, matches]) => ({
      matches,
      check: place.compile((value as ExactJsonObject)[source]!, 'patternProperties', source),
    }));
    return object((found, run) => {
      for (const [name, entry] of Object.entries(found)) {
        for (const { matches, check } of checks) {
          const broken = matches(name, run.budget) ? check(entry, run) : null;
          if (broken !== null) return within(name, broken);
        }
      }
      return null;
    });
  },
  additionalProperties: (value, place) => {
    if (value === true) return null;
    const { properties, patternProperties } = place.schema;
    const known = new Set(isExactObject(properties) ? Object.keys(properties) : []);
    const matching = patternProperties === undefined ? [] : patterns(patternProperties, place);
    const check = value === false ? null : place.compile(value, 'additionalProperties');
    return object((found, run) => {
      for (const [name, entry] of Object.entries(found)) {
        if (known.has(name) || matching.some(([, matches]) => matches(name, run.budget))) continue;
        if (check === null) return violation(`extraneous key [${name}] is not permitted`);
        const broken = check(entry, run);
        if (broken !== null) return within(name, broken);
      }
      return null;
    });
  },
  minProperties: (value, place) => {
    const least = countOf(value, place, 'minProperties');
    return sized((size) => (size >= least ? null : `minimum size: [${least}], found: [${size}]`));
  },
  maxProperties: (value, place) => {
    const most = countOf(value, place, 'maxProperties');
    return sized((size) => (size <= most ? null : `maximum size: [${most}], found: [${size}]`));
  },
  dependencies: (value, place) => {
    const checks = Object.entries(objectOf(value, place, 'dependencies')).map(([name, dependency]) => {
      if (isExactObject(dependency) || typeof dependency === 'boolean')
        return { name, check: place.compile(dependency, 'dependencies', name) };
      // Draft 3 allows one name without a list.
      const listed = typeof dependency === 'string' ? [dependency] : dependency;
      return { name, check: together(namesOf(listed, place, 'dependencies', name)) };
    });
    return object((found, run) => {
      run.budget.spend(checks.length >> 3);
      for (const { name, check } of checks) {
        const broken = Object.hasOwn(found, name) ? check(found, run) : null;
        if (broken !== null) return broken;
      }
      return null;
    });
  },
};

const array =
  (check: (found: readonly ExactJson[], run: Run) => Violation | null): Check =>
  (found, run) =>
    Array.isArray(found) ? check(found, run) : null;

const object =
  (check: (found: ExactJsonObject, run: Run) => Violation | null): Check =>
  (found, run) =>
    isExactObject(found) ? check(found, run) : null;

const sized = (why: (size: number) => string | null): Check =>
  object((found) => {
    const message = why(Object.keys(found).length);
    return message === null ? null : violation(message);
  });

const elements = (check: Check, from: number): Check =>
  array((found, run) => {
    for (let at = from; at < found.length; at++) {
      const broken = check(found[at]!, run);
      if (broken !== null) return within(at, broken);
    }
    return null;
  });

const together = (names: readonly string[]): Check =>
  object((found, run) => {
    run.budget.spend(names.length >> 3);
    const missing = names.find((name) => !Object.hasOwn(found, name));
    return missing === undefined ? null : violation(`property [${missing}] is required`);
  });

const patterns = (value: ExactJson, place: Place): readonly (readonly [string, Pattern])[] =>
  Object.keys(objectOf(value, place, 'patternProperties')).map((source) => [
    source,
    patternAt(source, below(place.pointer, 'patternProperties', source)),
  ]);
