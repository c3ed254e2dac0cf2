import { Failure } from '../errors/failure.ts';
import type { BadProperty } from '../model/form.ts';

/** A body may hold thousands of unknown keys; the message stays one that a person reads. */
const mostInMessage = 5;

/**
 * @param provided names of the properties that have a usable value, for the report card in the answer.
 */
export const invalidProperties = (
  type: string,
  bad: readonly BadProperty[],
  provided: readonly string[],
): Failure =>
  new Failure('InvalidProperties', 'properties do not match schema', {
    remedy: bad
      .slice(0, mostInMessage)
      .map(({ name, why }) => `${name}: ${why}`)
      .join(' '),
    data: {
      bad_properties: bad.map(({ name }) => name),
      reasons: Object.fromEntries(bad.map(({ name, why }) => [name, why])),
      type,
      provided,
    },
  });
