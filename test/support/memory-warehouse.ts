import { dedupeRows, standingOf, supersedes } from '../../src/shape/dedupe.ts';
import { openShaper } from '../../src/shape/open-shaper.ts';
import { type ChangePlan, type PlannedTable, planChanges } from '../../src/shape/plan-changes.ts';
import { compileSchema, untyped } from '../../src/shape/schema-place.ts';
import type {
  Catalog,
  Dialect,
  IncomingRecord,
  Report,
  Row,
  ShapedTable,
  TableStop,
  Value,
} from '../../src/shape/shape.ts';
import { at } from '../../src/shape/system-columns.ts';
import { applyChanges, type Change } from '../../src/shape/table-spec.ts';
import { postgresRules } from './sample-dialects.ts';

/** One batch: records of a table, with what its body says. */
export interface SampleBatch {
  readonly id?: string;
  readonly table?: string;
  readonly keys?: readonly string[];
  /** Left out: push, everything typed by value. */
  readonly schema?: object;
  readonly version?: number | null;
  readonly records: readonly (Partial<IncomingRecord> & { readonly data: object })[];
}

export interface LoadResult {
  readonly reports: readonly Report[];
  readonly stop: TableStop | null;
  readonly changes: readonly Change[];
  readonly droppedAsOlder: number;
}

type StoredRow = Map<string, Value>;

/** Does with plain maps what a loader does with a destination: the model that property tests compare with. */
export interface MemoryWarehouse {
  readonly catalog: Catalog;
  /** Loads batches of one table as one chunk. */
  load(...batches: readonly SampleBatch[]): LoadResult;
  /** Columns of a table, without system columns, as `name type`, sorted. */
  columns(table: string): readonly string[];
  /** Rows without system columns and nulls, in the order of their keys. */
  rows(table: string): readonly Readonly<Record<string, Value>>[];
  /** Everything that must not depend on how records were batched. */
  snapshot(): unknown;
}

export function createMemoryWarehouse(
  options: { readonly dialect?: Dialect; readonly catalog?: Catalog } = {},
): MemoryWarehouse {
  const { dialect = postgresRules } = options;
  let catalog: Catalog = options.catalog ?? { tables: new Map() };
  const stored = new Map<string, StoredRow[]>();
  let loads = 0;

  function apply(plan: ChangePlan): void {
    catalog = applyChanges(catalog, plan.changes);
    for (const change of plan.changes) {
      if (change.kind !== 'rename-column') continue;
      for (const row of stored.get(change.table) ?? []) {
        row.set(change.to, row.get(change.from));
        row.delete(change.from);
      }
    }
  }

  function merge(planned: readonly PlannedTable[]): number {
    const [root, ...children] = planned;
    if (!root) return 0;
    const rows = rowsOf(root.table.name);
    if (root.table.primaryKey.length === 0) {
      for (const { table, targets } of planned)
        rowsOf(table.name).push(...table.rows.map((row) => storedRow(row, targets)));
      return 0;
    }
    const deduped = dedupeRows(root.table);
    const winners = deduped.rows.filter((row) => {
      const key = keyOf(root.table, row);
      const index = rows.findIndex((standing) => keyOfStored(root.table, standing) === key);
      const standing = rows[index];
      if (standing && !supersedes(standingOf(row), standingOfStored(standing))) return false;
      if (standing) rows.splice(index, 1);
      rows.push(storedRow(row, root.targets));
      return true;
    });
    const ordinals = new Set(winners.map((row) => row[at.ordinal]));
    const keys = new Set(winners.map((row) => keyOf(root.table, row)));
    const prefix = root.table.primaryKey.map((key) => `_sdc_source_key_${key}`);
    for (const [name, childRows] of stored)
      if (name !== root.table.name && name.startsWith(`${root.table.name}__`))
        stored.set(
          name,
          childRows.filter((row) => !keys.has(joined(prefix.map((key) => row.get(key))))),
        );
    for (const { table, targets } of children)
      rowsOf(table.name).push(
        ...table.rows.filter((row) => ordinals.has(row[at.ordinal])).map((row) => storedRow(row, targets)),
      );
    return root.table.rows.length - winners.length;
  }

  function rowsOf(name: string): StoredRow[] {
    if (!stored.has(name)) stored.set(name, []);
    return stored.get(name)!;
  }

  return {
    get catalog() {
      return catalog;
    },
    load(...batches) {
      loads += 1;
      const { table = 'people', keys = ['id'] } = batches[0]!;
      const shaper = openShaper({ dialect, catalog, tableName: table, keyNames: keys, batchedAt: loads });
      const nothing = { changes: [], droppedAsOlder: 0 };
      if (shaper.stop) return { reports: [], stop: shaper.stop, ...nothing };
      for (const batch of batches) {
        const place = batch.schema ? compileSchema(batch.schema) : untyped;
        const add = shaper.openBatch(
          { id: batch.id ?? 'b1', receivedAt: 7, tableVersion: batch.version ?? null },
          place,
        );
        for (const [position, record] of batch.records.entries())
          add({ sequence: position + 1, position, ...record });
      }
      const { reports, tables, accepted } = shaper;
      const plan = planChanges({ catalog, tables, accepted, dialect });
      if (plan.stale) throw new Error(`shaped for another catalog: ${plan.stale.text}`);
      apply(plan);
      const droppedAsOlder = merge(plan.tables);
      return { reports, stop: shaper.keyStop ?? plan.stop, changes: plan.changes, droppedAsOlder };
    },
    columns(table) {
      const columns = catalog.tables.get(table)?.columns ?? [];
      return columns
        .filter(({ name }) => !isSystem(name))
        .map(({ name, type }) => `${name} ${type}`)
        .sort();
    },
    rows: (table) => (stored.get(table) ?? []).map(visible).sort(byText),
    snapshot() {
      const tables = [...catalog.tables.values()].map(({ name, columns, primaryKey, owned }) => ({
        name,
        columns: columns.map((column) => `${column.name} ${column.type} ${column.nullable}`).sort(),
        primaryKey,
        owned: owned && { source: owned.source, columns: [...owned.columns].sort() },
        rows: rowsOf(name)
          .map((row) =>
            [...row].filter(([column, value]) => column !== '_sdc_batched_at' && value != null).sort(byText),
          )
          .map(String)
          .sort(),
      }));
      return tables.sort(byText);
    },
  };
}

const isSystem = (name: string) =>
  /^_sdc_(extracted|received|batched|deleted)_at$|^_sdc_(sequence|table_version)$/.test(name);
const joined = (values: readonly (Value | undefined)[]) => JSON.stringify(values.map(String));
const keyOf = ({ columns, primaryKey }: ShapedTable, row: Row) =>
  joined(
    primaryKey.map(
      (name) => row[columns.findIndex((column) => column.role === 'key' && column.name === name)],
    ),
  );
const keyOfStored = ({ primaryKey }: ShapedTable, row: StoredRow) =>
  joined(primaryKey.map((name) => row.get(name)));
const storedRow = (row: Row, targets: readonly (string | null)[]): StoredRow =>
  new Map(targets.flatMap((target, position) => (target === null ? [] : [[target, row[position]] as const])));
const standingOfStored = (row: StoredRow) =>
  standingOf([null, row.get('_sdc_sequence'), row.get('_sdc_table_version')]);
const visible = (row: StoredRow) =>
  Object.fromEntries(
    [...row].filter(([name, value]) => !isSystem(name) && value !== null && value !== undefined),
  );
const text = (value: unknown) =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part));
const byText = (one: unknown, other: unknown) => (text(one) < text(other) ? -1 : 1);
