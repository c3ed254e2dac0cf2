import type { Dialect, NameRules } from '../shape/shape.ts';

/**
 * How types differ, as data. Shared code reads these instead of asking for a type's name, docs/destinations.md shows
 * them, and the contract suite (test/destinations/contract/) holds each type to what it says: also that what it says
 * it cannot do does not happen.
 */
export interface Capabilities {
  /** Its form has `encryption_*` properties, and with them it is reached through an SSH server. */
  readonly sshTunnel: boolean;
  /**
   * What TLS gives: `verified` when the form takes a certificate, or the public authorities are trusted, so that the
   * server is known to be the right one; `encrypted` when there is nothing to know it by; `none` without TLS.
   */
  readonly tls: 'verified' | 'encrypted' | 'none';
  /** It has schemas: each source gets one of its name, and privileges on them can be checked. */
  readonly schemas: boolean;
  /**
   * How it keeps tables: one entry for each value of `output_file_format` that its form offers, a single one of no
   * format where there is none. Empty: this build checks the type and cannot load into it.
   */
  readonly tables: readonly TableCapabilities[];
}

export interface TableCapabilities {
  /** Value of `output_file_format`; null where the form has none. */
  readonly format: string | null;
  /**
   * True: a record replaces the older one of its key. False: append-only, every record is a row, and what is loaded
   * under another batch id stands twice; replaying into it is refused for that reason unless it is forced.
   */
  readonly upsert: boolean;
  /**
   * Where objects and arrays go: `subtables` (objects are flattened, each array is a table), `json` (a column of that
   * type holds each) or `native` (they stay in the record, as it was sent).
   */
  readonly nesting: 'subtables' | 'json' | 'native';
  /** Whether columns have types, hold text only, or there are none because whole records are kept. */
  readonly columns: 'typed' | 'text' | 'none';
  /**
   * What becomes of a column when values of a second type come: it is renamed with the suffix of its type, it keeps its
   * name, or nothing happens because it takes both.
   */
  readonly split: 'rename' | 'keep-original' | 'none';
  /**
   * When tables are changed: within the transaction of the load (`transaction`); before it, each change committing by
   * itself, so that a load that fails may leave a column without values (`before`); or there is nothing to change.
   */
  readonly ddl: 'transaction' | 'before' | 'none';
  /**
   * What `activate_version` does to rows of lower versions that stand: they are `removed`, or `kept` beside the others.
   * Those that come later are left out by all.
   */
  readonly lowerVersions: 'removed' | 'kept';
  /** True: `Session.recall` is there, so that a destination which went back in time is found out. */
  readonly recall: boolean;
  /** Which characters, case and lengths names of tables and columns may have. */
  readonly names: NameRules;
  /** Columns of one table, system columns included; null when there is no limit. */
  readonly maxColumns: number | null;
  /** True when text may contain U+0000; otherwise such a record is rejected. */
  readonly nulInText: boolean;
}

/** The capabilities of a type whose tables are made by a {@link Dialect}: most stand in it already. */
export const tablesOf = (
  { upsert, nesting, typing, split, names, maxColumns, nulInText }: Dialect,
  rest: Pick<TableCapabilities, 'ddl' | 'lowerVersions' | 'recall'> & { readonly format?: string },
): TableCapabilities => ({
  format: rest.format ?? null,
  upsert,
  nesting,
  columns: typing,
  split: typing === 'text' ? 'none' : split,
  ddl: rest.ddl,
  lowerVersions: rest.lowerVersions,
  recall: rest.recall,
  names,
  maxColumns,
  nulInText,
});
