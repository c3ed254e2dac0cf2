/**
 * The seam of this room: records and JSON Schema on one side, columns, rows and subtables on the other, as plain
 * values. Nothing here knows a database; what databases differ in is a {@link Dialect}.
 *
 * The way of a chunk (a whole number of batches of one lane):
 *
 * 1. `openShaper` (open-shaper.ts) takes the {@link Catalog} as it stands, or as it will stand once the chunk before
 *    has been merged (`applyChanges`), and turns records into {@link ShapedTable}s: rows of a staging table that is
 *    typed by the chunk, and {@link Report}s of what could not be taken.
 * 2. `planChanges` (plan-changes.ts) compares them with the catalog read inside the merge's transaction and says which
 *    tables and columns must be made or renamed, and which staged position goes to which column.
 * 3. `dedupeRows` (dedupe.ts) picks the row that wins for each key of the chunk.
 */
import type { ReasonCode } from './reject.ts';

/**
 * What a column can hold. `int32` is never made, only found in tables that were adopted. The values of a {@link Row}:
 *
 * | type | value |
 * |---|---|
 * | boolean | `boolean` |
 * | int32, integer, timestamp | {@link Int64}; a timestamp is microseconds since 1970, UTC |
 * | double | finite `number` |
 * | numeric | `string`: a JSON number, digit for digit as it came (it may have an exponent) |
 * | text, json | `string`, well-formed |
 */
export type ColumnType =
  | 'boolean'
  | 'int32'
  | 'integer'
  | 'double'
  | 'numeric'
  | 'timestamp'
  | 'text'
  | 'json';

/** A whole number: a `number` whenever it is safe (within ±(2^53 − 1)), else a `bigint`. `<` compares both exactly. */
export type Int64 = number | bigint;
/** Undefined is what a row has at positions of columns that came after it; it means null. */
export type Value = boolean | number | bigint | string | null | undefined;
/** Values at the positions of {@link ShapedTable.columns}; may be shorter. */
export type Row = Value[];

/** What destinations differ in, as data. Shared code reads these rules and never asks which type it is. */
export interface Dialect {
  /** As in reasons for people: `PostgreSQL`. */
  readonly title: string;
  readonly names: NameRules;
  /** What follows `__` in the name of a column that was split: `bi`, `do`. */
  readonly suffixes: Readonly<Record<ColumnType, string>>;
  /**
   * What happens to the first column when values of a second type come: `rename` gives it its own suffix,
   * `keep-original` leaves its name (`split_keeps_original`, or a type that always does).
   */
  readonly split: 'rename' | 'keep-original';
  /** Where objects and arrays go: flattened into columns and subtables, or kept as they are in a `json` column. */
  readonly nesting: 'subtables' | 'json';
  /** `text`: the destination has no types (CSV), every scalar is one text column. */
  readonly typing: 'typed' | 'text';
  /** True when the destination can replace rows by key. Otherwise every record is appended. */
  readonly upsert: boolean;
  /** Columns of one table, system columns included; null when there is no limit. */
  readonly maxColumns: number | null;
  readonly numerics: NumericRange;
  /** Both included, microseconds since 1970. */
  readonly timestamps: { readonly min: Int64; readonly max: Int64 };
  /** True when text may contain U+0000. */
  readonly nulInText: boolean;
  readonly keys: KeyLimits;
}

export interface NumericRange {
  /** Most digits before the decimal point. */
  readonly integerDigits: number;
  /** Most digits after it. A number with more is rejected: it would be rounded. */
  readonly fractionDigits: number;
}

export interface KeyLimits {
  /** Longest text of one key column, in Unicode characters; null when only the bytes count. */
  readonly textCharacters: number | null;
  /** All key columns of a row together, text as UTF-8, everything else 8 bytes each; null when there is no limit. */
  readonly bytes: number | null;
}

export interface NameRules {
  /**
   * `letters`: letters of any script, digits, underscore and space stay, others go, and so do leading characters that
   * are no letter and no underscore. `word`: trimmed; everything but letters, digits, `_` and `$` becomes `_`,
   * and so do letters beyond U+FFFF, which are in no name of MySQL.
   * `any`: kept as it is.
   */
  readonly characters: 'letters' | 'word' | 'any';
  readonly case: 'keep' | 'lower';
  /** What the limits below count. */
  readonly unit: 'bytes' | 'characters';
  /** Longest name of a table. */
  readonly table: number;
  /** Longest name of a column before any suffix. */
  readonly column: number;
  /** Longest name of a column with its suffix or prefix: the destination's own limit. */
  readonly longest: number;
}

// ---- what stands in the destination ------------------------------------------------------------------------------

/**
 * The tables of one source's schema that a lane can touch: the one with the cleaned name of its table, and all whose
 * names begin with that name and `__`, whether we made them or not.
 */
export interface Catalog {
  /** By name. */
  readonly tables: ReadonlyMap<string, CatalogTable>;
}

export interface CatalogTable {
  readonly name: string;
  /** In the order in which they stand. */
  readonly columns: readonly CatalogColumn[];
  /** Names of the columns of the PRIMARY KEY, in its order; empty when there is none. */
  readonly primaryKey: readonly string[];
  /** Columns that count towards the destination's limit, dropped ones included where it counts them. */
  readonly columnCount: number;
  /** From our bookkeeping; null when there is none about this table. */
  readonly owned: OwnedTable | null;
  /** Columns that stood there when a table that Stitch made was adopted; of one with no bookkeeping yet: all. */
  readonly adopted?: ReadonlySet<string>;
}

export interface CatalogColumn {
  readonly name: string;
  /** Null: a type that we never write to. */
  readonly type: ColumnType | null;
  /** False: NOT NULL. */
  readonly nullable: boolean;
}

/** What our bookkeeping says about a table. */
export interface OwnedTable {
  /** {@link pathText} of where its rows come from. */
  readonly source: string;
  /** {@link pathText} of the field that owns a column name, by that name without any suffix. */
  readonly columns: ReadonlyMap<string, string>;
}

// ---- records in -----------------------------------------------------------------------------------------------------

/** What holds for every record of a batch. */
export interface BatchFacts {
  readonly id: string;
  /** Microseconds since 1970. */
  readonly receivedAt: Int64;
  readonly tableVersion: Int64 | null;
}

/** One `upsert`. `data` may hold `ExactNumber`s and own keys named `__proto__`; it is not changed. */
export interface IncomingRecord {
  readonly data: object;
  /** As parsed: a number, or an `ExactNumber`. Null only where a sender has none. */
  readonly sequence: unknown;
  /** `time_extracted`, when the sender gave one. */
  readonly extractedAt?: unknown;
  /** 0-based place of the message in its batch. */
  readonly position: number;
  /** Bytes of the record as JSON. May be left out when the whole batch is smaller than the limit of one record. */
  readonly bytes?: number;
}

// ---- rows out -------------------------------------------------------------------------------------------------------

/**
 * The rows of one table in a chunk. Positions of columns never change while a chunk is shaped; new ones are appended.
 * A column for values exists only because an accepted record had a value for it.
 */
export interface ShapedTable {
  /** Cleaned. */
  readonly name: string;
  /** {@link pathText}; what our bookkeeping must say. */
  readonly source: string;
  /** Null for the top level. Parents stand before their children in {@link Shaper.tables}. */
  readonly parent: ShapedTable | null;
  /** 0 for the top level; the number of `_sdc_level_…_id` columns. */
  readonly depth: number;
  readonly columns: readonly ShapedColumn[];
  /** Names of the key columns: of the top level, the keys; of a subtable, source keys and level ids. Empty: no key. */
  readonly primaryKey: readonly string[];
  /** In the order of acceptance. The caller may take rows away (`rows.splice(0)`) between two batches. */
  readonly rows: Row[];
}

export interface ShapedColumn {
  /**
   * `ordinal`: staging only, position 0 of every table: the number of the record within the chunk, the same in the
   * rows of its subtables, growing in the order of acceptance. `system` and `key` columns go under their own name,
   * `value` columns where the plan says.
   */
  readonly role: 'ordinal' | 'system' | 'key' | 'value';
  /** Without any suffix. */
  readonly name: string;
  readonly type: ColumnType;
  /** {@link pathText} of the field its values come from; null for ordinal and system columns. */
  readonly source: string | null;
  /** False while no accepted record had a value for it: true from the start for all but system columns. */
  readonly isFilled: boolean;
}

/** Why something is not in the destination; becomes a row of `_sdc_rejected`. */
export interface Report {
  /** `record`: no row was made. `column`: the row was made without this value (or without these rows of a subtable). */
  readonly kind: 'record' | 'column';
  readonly batchId: string;
  readonly position: number;
  readonly code: ReasonCode;
  /** Text for people; contains no NUL and is well-formed. */
  readonly reason: string;
}

/** Shapes the records of one chunk of one lane. Forgotten with the chunk. */
export interface Shaper {
  /** Set when the table as it stands must not be loaded: its batches wait. `openBatch` must not be called then. */
  readonly stop: TableStop | null;
  /** The top level first. Grows. */
  readonly tables: readonly ShapedTable[];
  /** In order. The caller may take them away (`reports.splice(0)`) between two records. */
  readonly reports: Report[];
  /** Rows of the top level so far. */
  readonly accepted: number;
  /**
   * Set while records were rejected for the type of their key and none was accepted: "every record of a load".
   * Look at it when the last record of the load was added.
   */
  readonly keyStop: TableStop | null;
  /** @param place what the batch's schema says: `compileSchema(schema)`, or `untyped` for push. May be shared. */
  openBatch(batch: BatchFacts, place: SchemaPlace): ShapeRecord;
}

/**
 * Takes one record: true when it became a row (perhaps with values left out and reported), false when it was rejected
 * and reported. A rejected record leaves nothing behind: no rows, columns or names. Never throws for what is in data.
 */
export type ShapeRecord = (record: IncomingRecord) => boolean;

/** A table that cannot be loaded until someone acts. */
export interface TableStop {
  readonly code: 'foreign-table' | 'keys-changed' | 'key-type';
  /** Says what happened, where, and what to do. */
  readonly message: string;
}

/** What a JSON Schema says about one place of a record. Immutable; the compiled form of a schema may be kept for long. */
export interface SchemaPlace {
  readonly rules: TypeRules;
  /** Where the property of this name stands. */
  property(name: string): SchemaPlace;
  /** Elements from this index on all stand at one place. */
  readonly tuple: number;
  /** Where the element at this index stands. */
  element(index: number): SchemaPlace;
}

/** How scalars of a place are typed. Values that the schema does not allow are typed by value. */
export interface TypeRules {
  readonly numbers: 'integer' | 'double' | 'numeric' | 'by-value';
  /** `date-time`: unparsable text is rejected. `date-time-or-text`: it is text. */
  readonly strings: 'text' | 'date-time' | 'date-time-or-text';
}

/** How a path is written in bookkeeping: JSON, since names may contain anything. */
export const pathText = (path: readonly (string | readonly string[])[]): string => JSON.stringify(path);
