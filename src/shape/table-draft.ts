import type { Journal } from './journal.ts';
import { isTooLong, joint } from './names.ts';
import { type Reason, reasons } from './reject.ts';
import type { CatalogTable, ColumnType, Dialect } from './shape.ts';

/** A column as it will stand. */
export interface DraftColumn {
  /** Changes when the column is split later. */
  name: string;
  readonly type: ColumnType | null;
  readonly nullable: boolean;
  /** Its name in the catalog; null for one that must be made. */
  readonly standing: string | null;
}

/**
 * A table as it stands, and as it will stand once everything that was asked for has a column. Which column a value
 * goes to is decided here and nowhere else.
 */
export interface TableDraft {
  readonly columns: readonly DraftColumn[];
  /** Owner of each base name: {@link CatalogTable.owned}, and what was claimed since. */
  readonly owners: ReadonlyMap<string, string>;
  /**
   * The column for values of `type` from the field `source` whose cleaned name is `base`: one that stands (also with a
   * suffix only, as in tables that Stitch made), else a new one, for which another may have to be split.
   * A refusal changes nothing.
   */
  columnFor(base: string, source: string, type: ColumnType): DraftColumn | Reason;
  /** The column of exactly this name and type, never split: keys and system columns. */
  fixedColumn(name: string, type: ColumnType, nullable: boolean): DraftColumn | Reason;
  /** Claims a name for a field without making a column (keys). */
  own(base: string, source: string): Reason | null;
  /** The column of this name, or undefined. */
  find(name: string): DraftColumn | undefined;
}

export const isReason = (found: DraftColumn | Reason): found is Reason => 'code' in found;

/**
 * @param standing undefined: the table must be made.
 * @param journal gets a step for each change of the draft.
 */
export function openTableDraft(
  name: string,
  standing: CatalogTable | undefined,
  dialect: Dialect,
  journal: Journal,
): TableDraft {
  const columns = new Map<string, DraftColumn>(
    standing?.columns.map((column) => [column.name, { ...column, standing: column.name }]),
  );
  const owners = new Map(standing?.owned?.columns);
  // Dropped columns count where the destination counts them.
  const uncounted = (standing?.columnCount ?? 0) - columns.size;

  const suffixed = (base: string, type: ColumnType): string => `${base}${joint}${dialect.suffixes[type]}`;
  const types = Object.keys(dialect.suffixes) as ColumnType[];

  function claim(base: string, source: string): void {
    if (owners.has(base)) return;
    owners.set(base, source);
    journal.note(() => owners.delete(base));
  }

  function add(column: DraftColumn): DraftColumn | Reason {
    const limit = dialect.maxColumns;
    if (limit !== null && columns.size + uncounted >= limit) return reasons.tooManyColumns(name, limit);
    columns.set(column.name, column);
    journal.note(() => columns.delete(column.name));
    return column;
  }

  function rename(column: DraftColumn, to: string): void {
    columns.delete(column.name);
    column.name = to;
    columns.set(to, column);
  }

  /** A second type came: the first column gets its own suffix, unless that name is taken. */
  function split(column: DraftColumn, base: string): void {
    const to = suffixed(base, column.type!);
    if (columns.has(to) || isTooLong(to, dialect.names)) return;
    rename(column, to);
    journal.note(() => rename(column, base));
  }

  function typedColumn(base: string, type: ColumnType): DraftColumn | Reason {
    const plain = columns.get(base);
    if (plain?.type === type) return plain;
    const ending = suffixed(base, type);
    const own = columns.get(ending);
    if (own) return own.type === type ? own : reasons.fieldCollision(ending);
    const isSplit =
      plain !== undefined || types.some((other) => columns.get(suffixed(base, other))?.type === other);
    if (!isSplit) return add({ name: base, type, nullable: true, standing: null });
    if (isTooLong(ending, dialect.names)) return reasons.columnNameTooLong(dialect.title, ending);
    const added = add({ name: ending, type, nullable: true, standing: null });
    // A column of a type that we never write to is somebody's own, and keeps its name.
    if (dialect.split === 'rename' && plain && plain.type !== null && !isReason(added)) split(plain, base);
    return added;
  }

  return {
    get columns() {
      return [...columns.values()];
    },
    owners,
    find: (column) => columns.get(column),
    own(base, source) {
      const owner = owners.get(base) ?? source;
      claim(base, source);
      return owner === source ? null : reasons.fieldCollision(base);
    },
    columnFor(base, source, type) {
      const owner = owners.get(base) ?? source;
      if (owner !== source) return reasons.fieldCollision(base);
      const found = typedColumn(base, type);
      if (!isReason(found)) claim(base, source);
      return found;
    },
    fixedColumn: (column, type, nullable) =>
      columns.get(column) ?? add({ name: column, type, nullable, standing: null }),
  };
}
