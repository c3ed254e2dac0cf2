import type { ColumnType, Value } from '../../../shape/shape.ts';
import { renderInstant } from './instants.ts';

export interface CsvStyle {
  readonly delimiter: ',' | '|' | '\t';
  /** Every value stands in quotes. */
  readonly forceQuote: boolean;
}

/** A value as it stands between delimiters (RFC 4180). Null is nothing at all; an empty text is a pair of quotes. */
export type CsvField = (value: Value, type: ColumnType) => string;

/** Lines end with a line feed alone: many readers of files in object stores take a carriage return for data. */
export const csvLineEnd = '\n';

export function csvField({ delimiter, forceQuote }: CsvStyle): CsvField {
  // Blanks at the ends are data, which some readers trim unless they are quoted.
  const special = new RegExp(`["\\r\\n${delimiter === '|' ? '\\|' : delimiter}]|^\\s|\\s$|^$`);
  const quote = (text: string): string =>
    forceQuote || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

  return (value, type) => {
    if (value === null || value === undefined) return '';
    if (type === 'timestamp' && typeof value !== 'string' && typeof value !== 'boolean')
      return quote(renderInstant(value));
    return quote(String(value));
  };
}
