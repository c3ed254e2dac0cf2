import { type Check, violation } from './check.ts';
import { type Keywords, listOf, type Place } from './keyword.ts';

/** Schemas over the same value. */
export const combiningKeywords: Keywords = {
  allOf: (value, place) => {
    const checks = branches(value, place, 'allOf');
    return (found, run) => {
      for (const check of checks) {
        const broken = run.enter(check, found, 1);
        if (broken !== null) return broken;
      }
      return null;
    };
  },
  anyOf: (value, place) => {
    const checks = branches(value, place, 'anyOf');
    const message = `no subschema matched out of the total ${checks.length} subschemas`;
    return (found, run) =>
      checks.some((check) => run.enter(check, found, 1) === null) ? null : violation(message);
  },
  oneOf: (value, place) => {
    const checks = branches(value, place, 'oneOf');
    return (found, run) => {
      const matched = checks.filter((check) => run.enter(check, found, 1) === null).length;
      return matched === 1 ? null : violation(`${matched} subschemas matched instead of one`);
    };
  },
  not: (value, place) => {
    const check = place.compile(value, 'not');
    return (found, run) =>
      run.enter(check, found, 1) === null ? violation('subject must not be valid against schema') : null;
  },
};

function branches(value: Parameters<Place['compile']>[0], place: Place, keyword: string): readonly Check[] {
  return listOf(value, place, keyword).map((schema, at) => place.compile(schema, keyword, at));
}
