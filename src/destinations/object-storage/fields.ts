import { randomUUID } from 'node:crypto';
import type { FormProperty, FormRule } from '../../model/form.ts';
import { choice, flag, patterned, text } from '../form-fields.ts';
import { bookkeepingPrefix, isShortEnough, optionalElements, requiredElements } from './object-key.ts';

/** What destinations that write files into a bucket share. */

export const bucket = (): FormProperty => text('s3_bucket', 'Name of the bucket, without a URL around it.');

export const fileFormat = (): FormProperty =>
  choice('output_file_format', ['csv', 'jsonl'], 'Format of the files.');

export const keyFormat = (): FormProperty =>
  text(
    's3_key_format_string',
    `Names of the files; made of ${requiredElements.join(', ')} and other text. Files whose names end in .gz are compressed.`,
    { usual: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded]' },
  );

export const csvDelimiter = (): FormProperty =>
  text('csv_delimiter', 'Character between values of a CSV file: comma, pipe or tab.', {
    optional: true,
    controlCharacters: 'tab',
  });

export const csvForceQuote = (): FormProperty =>
  flag('csv_force_quote', 'Whether every value of a CSV file stands in quotes.', { optional: true });

/** Name of the file by which a check knows that the bucket is its owner's. Made by the server when not given. */
export const sentinelKey = (): FormProperty =>
  patterned(
    'sentinel_key',
    '^stitch-challenge-file-.*$',
    'Name of an empty file in the bucket that proves that it is yours.',
    {
      credential: true,
      propertyType: 'system_provided_by_default',
      shownToOwner: true,
      generate: () => `stitch-challenge-file-${randomUUID()}`,
    },
  );

/** Object keys tell loads apart, stay below the bucket's root and hold only elements that exist. */
const keyFormatRule: FormRule = ({ candidate }) => {
  const format = candidate.s3_key_format_string;
  if (typeof format !== 'string') return [];
  const bad = (why: string) => [{ name: 's3_key_format_string', why }];
  const missing = requiredElements.filter((element) => !format.includes(element));
  if (missing.length > 0) return bad(`Required elements are missing: ${missing.join(', ')}.`);
  const known: readonly string[] = [...requiredElements, ...optionalElements];
  if ((format.match(/\[[^[\]]*\]/g) ?? []).some((element) => !known.includes(element)))
    return bad(`Only these elements can be used: ${known.join(', ')}.`);
  if (format.startsWith('/') || format.split('/').some((part) => part === '.' || part.includes('..')))
    return bad('A key begins with no slash and contains no dots that could lead out of its folder.');
  if (format.startsWith(bookkeepingPrefix))
    return bad(`Keys that begin with ${bookkeepingPrefix} belong to this server.`);
  if (!isShortEnough(format))
    return bad('Keys of this format could be longer than the 1,024 bytes that stores allow: shorten it.');
  return [];
};

const csvDelimiterRule: FormRule = ({ candidate }) => {
  const delimiter = candidate.csv_delimiter;
  if (delimiter === undefined || [',', '|', '\t', '\\t'].includes(String(delimiter))) return [];
  return [{ name: 'csv_delimiter', why: 'The delimiter is a comma, a pipe (|) or a tab.' }];
};

/** S3's own rules for names, so that a typing error is found before anything is asked for. */
const bucketRule: FormRule = ({ candidate }) => {
  const name = candidate.s3_bucket;
  if (typeof name !== 'string' || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return [];
  return [
    {
      name: 's3_bucket',
      why: 'Give the name of the bucket alone: 3 to 63 lower-case letters, digits, dots and hyphens.',
    },
  ];
};

export const fileRules: readonly FormRule[] = [bucketRule, keyFormatRule, csvDelimiterRule];
