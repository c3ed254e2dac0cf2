import { bare, canonical, type Normal, type StandingRow } from './normal-form.ts';
import type { PlaceUnderTest } from './type-under-test.ts';

/** What stands for one record, put together from all tables and columns that hold a part of it. */
export interface StandingRecord {
  readonly data: { readonly [name: string]: Normal };
  readonly sequence: Normal | null;
  readonly version: Normal | null;
  readonly extractedAt: Normal | null;
  readonly receivedAt: Normal | null;
}

const suffix = /__(bi|bo|de|do|fl|it|st|ti|dt|js)$/;
const isSystem = (name: string): boolean =>
  /^_sdc_(extracted|received|batched|deleted)_at$|^_sdc_(sequence|table_version)$|^__sdc_primary_key$/.test(
    name,
  );
const level = /^_sdc_level_(\d+)_id$/;
const sourceKey = /^_sdc_source_key_(.*)$/;

/** The records of a table in the order of {@link canonical}, with the rows of its subtables as arrays in them. */
export async function standingRecords(place: PlaceUnderTest, table: string): Promise<StandingRecord[]> {
  const rows = await place.rows(table);
  const children = await childrenOf(place, table);
  const records = rows.map((row) => ({
    data: { ...fieldsOf(row), ...arraysOf(row, children, []) },
    sequence: row._sdc_sequence ?? null,
    version: row._sdc_table_version ?? null,
    extractedAt: row._sdc_extracted_at ?? null,
    receivedAt: row._sdc_received_at ?? null,
  }));
  for (const child of children) refuseOrphans(child);
  return inOrder(records);
}

export const inOrder = (records: readonly StandingRecord[]): StandingRecord[] =>
  records.toSorted((one, other) => (canonical(asNormal(one)) < canonical(asNormal(other)) ? -1 : 1));

const asNormal = (record: StandingRecord): Normal =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as Normal;

interface Child {
  /** Name without that of its parent. */
  readonly field: string;
  /** By their record and place in it, as {@link ownerOf} writes them. */
  readonly rows: ReadonlyMap<string, readonly StandingRow[]>;
  /** Of these places, those that a record was found for. */
  readonly owned: Set<string>;
  /** Columns that hold the key of the record. */
  readonly keys: readonly string[];
  readonly children: readonly Child[];
}

async function childrenOf(place: PlaceUnderTest, table: string, depth = 0): Promise<Child[]> {
  const names = (await place.tables()).filter((name) => name.startsWith(`${table}__`));
  const own = names.filter((name) => !names.some((other) => name !== other && name.startsWith(`${other}__`)));
  const children: Child[] = [];
  for (const name of own) {
    const rows = await place.rows(name);
    const keys = Object.keys(rows[0] ?? {}).filter((column) => sourceKey.test(column));
    const levelsOf = (row: StandingRow) =>
      Array.from({ length: depth }, (_, at) => row[`_sdc_level_${at}_id`]);
    children.push({
      field: bare(name.slice(table.length)),
      keys,
      owned: new Set(),
      rows: Map.groupBy(rows, (row) =>
        ownerOf([...keys.map((key) => row[key]), ...stateOf(row)], levelsOf(row)),
      ),
      children: await childrenOf(place, name, depth + 1),
    });
  }
  return children;
}

/** Rows that were left behind when their record was replaced or went. */
function refuseOrphans({ field, rows, owned, children }: Child): void {
  const orphans = [...rows.keys()].filter((owner) => !owned.has(owner));
  if (orphans.length > 0) throw new Error(`rows of the array ${field} belong to no record: ${orphans[0]}`);
  for (const child of children) refuseOrphans(child);
}

/** Where every record is a row, several have the key. */
const stateOf = (row: StandingRow): readonly unknown[] => [row._sdc_table_version, row._sdc_sequence];

const ownerOf = (keys: readonly unknown[], levels: readonly unknown[]): string =>
  JSON.stringify([keys, levels]);

/** Values of a row by their field, whichever of its columns holds one; no two may. */
function fieldsOf(row: StandingRow): Record<string, Normal> {
  const fields: Record<string, Normal> = Object.create(null);
  for (const [name, value] of Object.entries(row)) {
    if (value === null || value === undefined) continue;
    if (isSystem(name) && name !== '_sdc_deleted_at') continue;
    if (level.test(name) || sourceKey.test(name)) continue;
    const field = bare(name.replace(suffix, ''));
    // What is kept as JSON is flattened where it is an object, as everything else.
    if (typeof value === 'object' && !Array.isArray(value))
      for (const [inner, part] of Object.entries(value)) put(fields, field + inner, part);
    else put(fields, field, value);
  }
  return { ...fields };
}

function put(fields: Record<string, Normal>, name: string, value: Normal): void {
  if (fields[name] !== undefined) throw new Error(`two columns hold a value of ${name}`);
  fields[name] = value;
}

/** @param levels of the row, outermost first. */
function arraysOf(row: StandingRow, children: readonly Child[], levels: readonly unknown[]) {
  const arrays: Record<string, Normal> = {};
  for (const { field, rows, owned, keys, children: inner } of children) {
    // The key of the record stands in the rows of all its subtables.
    const own = keys.map((key) => (key in row ? row[key] : row[sourceKey.exec(key)![1]!]));
    const owner = ownerOf([...own, ...stateOf(row)], levels);
    owned.add(owner);
    const elements = (rows.get(owner) ?? [])
      .map((child) => ({ child, at: String(child[`_sdc_level_${levels.length}_id`]) }))
      .toSorted((one, other) => Number(one.at.slice(1)) - Number(other.at.slice(1)))
      .map(({ child, at }) => elementOf({ ...fieldsOf(child), ...arraysOf(child, inner, [...levels, at]) }));
    if (elements.length > 0) arrays[field] = elements;
  }
  return arrays;
}

const elementOf = (fields: Record<string, Normal>): Normal => fields.sdcvalue ?? fields;
