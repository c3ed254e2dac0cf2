import { type ExactJson, type ExactJsonObject, isExactObject } from '../lib/exact-json.ts';
import { isInstant } from '../lib/instant.ts';
import { countDataPoints } from './data-points.ts';
import { placeInInt64 } from './integer.ts';
import { findKeyProblem } from './keys.ts';
import { maxDataPoints, maxInt64, maxKeyLength, minInt64 } from './limits.ts';
import { isNumeric } from './schema/decimal.ts';

/** What is wrong with a record of a push. */
export interface PushProblems {
  /** By field, in the words of the contract. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** True when only the record itself is at fault: its table and keys are known, and a source may reject it alone. */
  readonly ownSake: boolean;
}

const activating = ['activate_version', 'switch_view'];
const known = [
  'client_id',
  'table_name',
  'sequence',
  'action',
  'key_names',
  'data',
  'table_version',
  'namespace',
  'time_extracted',
  'vintage',
];
const blank = "can't be blank";

/** True for a message that has no record. */
export const isActivating = (record: ExactJsonObject): boolean => activating.includes(String(record.action));

/** @returns null when nothing is wrong. */
export function findPushProblems(record: ExactJsonObject, countsValues: boolean): PushProblems | null {
  const fields: [string, readonly string[]][] = [];
  const add = (field: string, ...problems: readonly string[]): void => {
    if (problems.length > 0) fields.push([field, problems]);
  };
  const needsData = !isActivating(record);

  add('table_name', ...problemsOfText(record.table_name));
  add('sequence', ...(isBlank(record.sequence) ? [blank] : problemsOfInteger(record.sequence!)));
  add('action', ...problemsOfAction(record.action));
  if (needsData) {
    const problems = problemsOfKeyNames(record.key_names);
    add('key_names', ...problems);
    // The original tells both: senders take the name from Singer.
    if (problems[0] === blank && !Object.hasOwn(record, 'key_properties'))
      add('key_properties', 'unknown key');
  }
  if (record.table_version !== undefined) add('table_version', ...problemsOfInteger(record.table_version));
  if (record.time_extracted !== undefined && !isText(record.time_extracted))
    add('time_extracted', 'should be a string');
  for (const key of Object.keys(record)) if (!known.includes(key)) add(key, 'unknown key');
  const envelope = fields.length;

  const { data } = record;
  const isRecord = data !== undefined && isExactObject(data) && !isInstant(data);
  if (needsData && !isRecord) {
    add('data', isBlank(data) ? blank : 'data must be an object');
    return { fields: Object.fromEntries(fields), ownSake: false };
  }
  if (needsData && isRecord && Array.isArray(record.key_names))
    add(
      'data',
      ...problemsOfData(
        data,
        record.key_names.filter((name) => typeof name === 'string'),
        countsValues,
      ),
    );
  return fields.length === 0 ? null : { fields: Object.fromEntries(fields), ownSake: envelope === 0 };
}

const isBlank = (value: ExactJson | undefined): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const isText = (value: ExactJson): boolean => typeof value === 'string' || isInstant(value);

function problemsOfText(value: ExactJson | undefined): readonly string[] {
  if (isBlank(value)) return [blank];
  return typeof value === 'string' ? [] : ['should be a string'];
}

function problemsOfInteger(value: ExactJson): readonly string[] {
  switch (placeInInt64(value)) {
    case 'within':
      return [];
    case 'above':
      return [`can not be above ${maxInt64}`];
    case 'below':
      return [`can not be below ${minInt64}`];
    case null:
      return isNumeric(value) ? ['should be an integer'] : ['should be an integer', 'should be a number'];
  }
}

function problemsOfAction(value: ExactJson | undefined): readonly string[] {
  if (isBlank(value)) return [blank];
  return value === 'upsert' || activating.includes(String(value)) ? [] : ['should be upsert'];
}

function problemsOfKeyNames(value: ExactJson | undefined): readonly string[] {
  if (isBlank(value) || (Array.isArray(value) && value.length === 0)) return [blank];
  const isNames = Array.isArray(value) && value.every((name) => typeof name === 'string');
  return isNames ? [] : ['should be an array of strings'];
}

function problemsOfData(
  data: ExactJsonObject,
  keys: readonly string[],
  countsValues: boolean,
): readonly string[] {
  switch (findKeyProblem(data, keys, maxKeyLength.push)?.problem) {
    case 'missing':
      return ['data must include keys'];
    case 'null':
      return ['keys cannot not be null in data'];
    case 'container':
      return ['keys cannot be objects or arrays in data'];
    case 'too-long':
      return [`String keys cannot be longer than ${maxKeyLength.push} characters`];
  }
  return countsValues && countDataPoints(data) > maxDataPoints
    ? [`data cannot have more than ${maxDataPoints} data points`]
    : [];
}
