import { Failure } from '../../errors/failure.ts';
import type { Properties } from '../../model/form.ts';

/** How files are written, whatever store they go into. */
export interface FileSettings {
  readonly format: 'csv' | 'jsonl';
  /** Names of objects, with elements in brackets. */
  readonly keyFormat: string;
  /** The keys end in `.gz`, so the files are compressed. */
  readonly gzip: boolean;
  readonly delimiter: ',' | '|' | '\t';
  readonly forceQuote: boolean;
  /** Name of the challenge file. */
  readonly sentinelKey: string;
}

/** @throws {Failure} InvalidProperties when a stored value is missing or makes no sense. */
export function resolveFileSettings(properties: Properties): FileSettings {
  const keyFormat = textOf(properties, 's3_key_format_string');
  return {
    format: textOf(properties, 'output_file_format') === 'csv' ? 'csv' : 'jsonl',
    keyFormat,
    gzip: keyFormat.endsWith('.gz'),
    delimiter: delimiterOf(properties.csv_delimiter),
    forceQuote: properties.csv_force_quote === 'true',
    sentinelKey: textOf(properties, 'sentinel_key'),
  };
}

/** The text of a property that must have one. @throws {Failure} InvalidProperties. */
export function textOf(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value === 'string' && value !== '') return value;
  throw invalidProperty(name, 'has no value');
}

export const invalidProperty = (name: string, why: string): Failure =>
  new Failure('InvalidProperties', `The property ${name} ${why}.`, {
    remedy: `Update the destination with a value for ${name}.`,
    data: { bad_properties: [name] },
  });

/** A tab may come as the two characters by which people write it. */
function delimiterOf(value: unknown): FileSettings['delimiter'] {
  if (value === '\t' || value === '\\t') return '\t';
  return value === '|' ? '|' : ',';
}
