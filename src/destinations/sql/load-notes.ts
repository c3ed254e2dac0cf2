import { ExactNumber } from '../../lib/exact-number.ts';
import type { LoadNotes } from '../../model/load-result.ts';
import { parseTimestamp } from '../../model/timestamp.ts';
import type { Int64, Value } from '../../shape/shape.ts';
import type { LoadBatch } from '../session.ts';

/** Gathers what a load notes about its records, while they are shaped. */
export interface Notes {
  openBatch(batch: Pick<LoadBatch, 'facts' | 'bookmarkNames'>): void;
  /** Called with each record that became a row. @param extractedAt microseconds since 1970, or nothing. */
  add(data: object, extractedAt: Value): void;
  readonly noted: NotedLoad;
}

export interface NotedLoad {
  readonly tableVersion: Int64 | null;
  /** Microseconds since 1970. */
  readonly extractedAt: Int64 | null;
  readonly ranges: ReadonlyMap<string, Readonly<Range>>;
}

type Comparable = number | string | ExactNumber;
interface Range {
  min: Comparable;
  max: Comparable;
}

export function openNotes(): Notes {
  let names: readonly string[] = [];
  const noted = {
    tableVersion: null as Int64 | null,
    extractedAt: null as Int64 | null,
    ranges: new Map<string, Range>(),
  };
  return {
    noted,
    openBatch({ facts: { tableVersion }, bookmarkNames = [] }) {
      names = bookmarkNames;
      noted.tableVersion = later(noted.tableVersion, tableVersion);
    },
    add(data, extractedAt) {
      if (typeof extractedAt === 'number' || typeof extractedAt === 'bigint')
        noted.extractedAt = later(noted.extractedAt, extractedAt);
      for (const name of names) {
        const value: unknown = Object.hasOwn(data, name) ? data[name as keyof typeof data] : undefined;
        if (typeof value === 'string' || typeof value === 'number' || value instanceof ExactNumber)
          widen(noted.ranges, name, value);
      }
    },
  };
}

/** @param newVersion rows of versions before were removed. */
export const renderNotes = (
  { tableVersion, extractedAt, ranges }: NotedLoad,
  newVersion: boolean,
): LoadNotes => ({
  tableVersion: tableVersion === null ? null : String(tableVersion),
  newVersion,
  maxTimeExtracted: extractedAt === null ? null : Math.floor(Number(extractedAt) / 1000),
  bookmarks: [...ranges].map(([key, { min, max }]) => ({ key, min: textOf(min), max: textOf(max) })),
});

const later = (one: Int64 | null, other: Int64 | null): Int64 | null =>
  one === null || (other !== null && other > one) ? other : one;

/** A value of another kind than those before it is passed over: there is no order between them. */
function widen(ranges: Map<string, Range>, name: string, value: Comparable): void {
  const range = ranges.get(name);
  if (range === undefined) ranges.set(name, { min: value, max: value });
  else if (isText(range.max) === isText(value)) {
    if (isBefore(value, range.min)) range.min = value;
    if (isBefore(range.max, value)) range.max = value;
  }
}

const isText = (value: Comparable): value is string => typeof value === 'string';
const textOf = (value: Comparable): string => (value instanceof ExactNumber ? value.text : String(value));

function isBefore(one: Comparable, other: Comparable): boolean {
  if (typeof one === 'number' && typeof other === 'number') return one < other;
  if (isText(one) && isText(other)) return isTextBefore(one, other);
  const [first, second] = [textOf(one), textOf(other)];
  const areWhole = isWhole(first) && isWhole(second);
  return areWhole ? BigInt(first) < BigInt(second) : Number(first) < Number(second);
}

const isWhole = (text: string): boolean => /^-?\d+$/.test(text);

/** Times of one form are in the order of their characters; reading them, which is slow, is left to the others. */
function isTextBefore(one: string, other: string): boolean {
  if (one === other) return false;
  if (one.length === other.length && areOfOneZone(one, other)) return one < other;
  const [first, second] = [parseTimestamp(one), parseTimestamp(other)];
  return first === null || second === null || first === second ? one < other : first < second;
}

/** Of one length: what has no time of day has no zone either. */
const areOfOneZone = (one: string, other: string): boolean =>
  (one.endsWith('Z') && other.endsWith('Z')) ||
  !(mayHaveZone(one) || mayHaveZone(other)) ||
  one.slice(-6) === other.slice(-6);

/** What stands after the ten characters of a date is a time of day. */
const mayHaveZone = (text: string): boolean => 'Tt '.includes(text.charAt(10)) && text.length > 10;
