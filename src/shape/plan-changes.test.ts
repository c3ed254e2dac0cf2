import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryWarehouse } from '../../test/support/memory-warehouse.ts';
import { postgresRules } from '../../test/support/sample-dialects.ts';
import { ExactNumber } from '../lib/exact-number.ts';
import { openShaper } from './open-shaper.ts';
import { planChanges } from './plan-changes.ts';
import { untyped } from './schema-place.ts';
import type { Catalog, CatalogTable, ColumnType } from './shape.ts';

const load = (warehouse: ReturnType<typeof createMemoryWarehouse>, ...records: readonly object[]) =>
  warehouse.load({ records: records.map((data) => ({ data })) });

/** A table as Stitch makes it, with its own types. */
function stitchTable(name: string, columns: Readonly<Record<string, ColumnType | null>>): CatalogTable {
  const system = {
    _sdc_batched_at: 'timestamp',
    _sdc_received_at: 'timestamp',
    _sdc_sequence: 'integer',
    _sdc_table_version: 'integer',
  } as const;
  const all = Object.entries({ ...columns, ...system }).map(([column, type]) => ({
    name: column,
    type,
    nullable: column !== 'id',
  }));
  return { name, columns: all, primaryKey: ['id'], columnCount: all.length, owned: null };
}
const catalogOf = (...tables: readonly CatalogTable[]): Catalog => ({
  tables: new Map(tables.map((table) => [table.name, table])),
});

describe('a column', () => {
  test('is made once some record has a value for it', () => {
    const warehouse = createMemoryWarehouse();
    load(warehouse, { id: 1, a: null });
    expect(warehouse.columns('people')).toEqual(['id integer']);
    const { changes } = load(warehouse, { id: 2, a: 'x' });
    expect(changes).toEqual([
      {
        kind: 'add-column',
        table: 'people',
        column: { name: 'a', type: 'text', nullable: true, isKey: false },
      },
      { kind: 'own-column', table: 'people', column: 'a', source: '["a"]' },
    ]);
  });

  test('splits when another type comes, and each value goes to the column of its type', () => {
    const warehouse = createMemoryWarehouse();
    load(warehouse, { id: 1, age: 15, has_magic: false });
    const { changes } = load(
      warehouse,
      { id: 2, age: new ExactNumber('16.0'), has_magic: 'yes' },
      { id: 3, age: 11 },
    );
    expect(changes.map(({ kind }) => kind)).toEqual([
      'rename-column',
      'rename-column',
      'add-column',
      'add-column',
    ]);
    expect(warehouse.columns('people')).toEqual([
      'age__bi integer',
      'age__do double',
      'has_magic__bo boolean',
      'has_magic__st text',
      'id integer',
    ]);
    expect(warehouse.rows('people')).toEqual([
      { id: 1, age__bi: 15, has_magic__bo: false },
      { id: 2, age__do: 16, has_magic__st: 'yes' },
      { id: 3, age__bi: 11 },
    ]);
  });

  test('of integers, then strings, then objects keeps every record', () => {
    const warehouse = createMemoryWarehouse();
    for (const record of [
      { id: 1, v: 1 },
      { id: 2, v: 'x' },
      { id: 3, v: { a: 1 } },
      { id: 4, v: 4 },
    ])
      load(warehouse, record);
    expect(warehouse.rows('people')).toEqual([
      { id: 1, v__bi: 1 },
      { id: 2, v__st: 'x' },
      { id: 3, v__a: 1 },
      { id: 4, v__bi: 4 },
    ]);
  });

  test('keeps its name where the destination is set to keep it', () => {
    const warehouse = createMemoryWarehouse({ dialect: { ...postgresRules, split: 'keep-original' } });
    load(warehouse, { id: 1, age: 15 });
    load(warehouse, { id: 2, age: 'x' }, { id: 3, age: true });
    expect(warehouse.columns('people')).toEqual([
      'age integer',
      'age__bo boolean',
      'age__st text',
      'id integer',
    ]);
  });

  test('that vanished from the source stays', () => {
    const warehouse = createMemoryWarehouse();
    load(warehouse, { id: 1, a: 1 });
    expect(load(warehouse, { id: 1 }).changes).toEqual([]);
  });

  test('that someone dropped is made again when a value for it comes', () => {
    const before = createMemoryWarehouse();
    load(before, { id: 1, a: 1 });
    const people = before.catalog.tables.get('people')!;
    const without = { ...people, columns: people.columns.filter(({ name }) => name !== 'a') };
    const warehouse = createMemoryWarehouse({ catalog: catalogOf(without) });
    expect(load(warehouse, { id: 2 }).changes).toEqual([]);
    expect(load(warehouse, { id: 2, a: 1 }).changes).toMatchObject([{ kind: 'add-column' }]);
  });

  test('that someone added with a type of their own is left alone', () => {
    const warehouse = createMemoryWarehouse({
      catalog: catalogOf(stitchTable('people', { id: 'integer', note: null })),
    });
    load(warehouse, { id: 1, note: 'x' });
    expect(warehouse.columns('people')).toEqual(['id integer', 'note null', 'note__st text']);
  });
});

describe('a table', () => {
  test('that Stitch made is used as it stands', () => {
    const standing = stitchTable('people', {
      id: 'int32',
      age__bi: 'integer',
      age__do: 'double',
      born: 'timestamp',
      score: 'numeric',
    });
    const warehouse = createMemoryWarehouse({ catalog: catalogOf(standing) });
    const { changes } = warehouse.load({
      schema: {
        properties: {
          born: { type: 'string', format: 'date-time' },
          score: { type: 'number', multipleOf: 0.1 },
        },
      },
      records: [
        { data: { id: 1, age: 3, born: '2001-01-01T00:00:00Z', score: 1.5 } },
        { data: { id: 2, age: 1.5 } },
      ],
    });
    expect(changes.map(({ kind }) => kind)).toEqual([
      'own-table',
      'own-column',
      'own-column',
      'own-column',
      'own-column',
    ]);
    expect(warehouse.rows('people')).toMatchObject([
      { id: 1, age__bi: 3, score: '1.5' },
      { id: 2, age__do: 1.5 },
    ]);
  });

  test('that Stitch made gets a system column that it lacks once there is a value for it', () => {
    const warehouse = createMemoryWarehouse({ catalog: catalogOf(stitchTable('people', { id: 'integer' })) });
    const { changes } = warehouse.load({
      records: [{ data: { id: 1 }, extractedAt: '2020-01-01T00:00:00Z' }],
    });
    expect(changes).toContainEqual({
      kind: 'add-column',
      table: 'people',
      column: { name: '_sdc_extracted_at', type: 'timestamp', nullable: true, isKey: false },
    });
  });

  test('with 32-bit integers keeps those that fit, and splits for others', () => {
    const warehouse = createMemoryWarehouse({
      catalog: catalogOf(stitchTable('people', { id: 'int32', n: 'int32' })),
    });
    expect(load(warehouse, { id: 1, n: 2_147_483_647 }).changes.map(({ kind }) => kind)).not.toContain(
      'add-column',
    );
    load(warehouse, { id: 2, n: 2_147_483_648 });
    expect(warehouse.columns('people')).toEqual(['id int32', 'n__bi integer', 'n__it int32']);
    const { reports } = load(warehouse, { id: 3, n: 5 }, { id: 2_147_483_648 });
    expect(warehouse.rows('people')).toContainEqual({ id: 3, n__it: 5 });
    expect(reports.map(({ code }) => code)).toEqual(['integerOutOfRange']);
  });

  test('with numbers of any length keeps short ones beside long ones, in every load', () => {
    const warehouse = createMemoryWarehouse({
      catalog: catalogOf(stitchTable('people', { id: 'integer', n: 'numeric', m__de: 'numeric' })),
    });
    const schema = { properties: { n: { type: 'number' }, m: { type: 'number' } } };
    for (const [id, number] of [3.5, 4, 1e300].entries())
      warehouse.load({ schema, records: [{ data: { id, n: number, m: number }, sequence: 1 }] });
    expect(warehouse.columns('people')).toEqual(['id integer', 'm__de numeric', 'n numeric']);
    expect(warehouse.rows('people').map(({ n }) => n)).toEqual(['3.5', '4', '1e+300']);
    warehouse.load({ schema, records: [{ data: { id: 9, n: true, m: 2.5 }, sequence: 1 }] });
    warehouse.load({ schema, records: [{ data: { id: 9, n: 4.5, m: 2.5 }, sequence: 2 }] });
    expect(warehouse.columns('people')).toEqual([
      'id integer',
      'm__de numeric',
      'n__bo boolean',
      'n__de numeric',
    ]);
  });

  test('that nobody of us made is never written to', () => {
    const own = {
      ...stitchTable('people', {}),
      columns: [{ name: 'id', type: 'integer', nullable: false }],
    } as const;
    const warehouse = createMemoryWarehouse({ catalog: catalogOf(own) });
    const { stop, changes } = load(warehouse, { id: 1 });
    expect(stop?.code).toBe('foreign-table');
    expect(changes).toEqual([]);
  });

  test('that nobody of us made, where a subtable would stand, rejects the records that need it', () => {
    const own = {
      ...stitchTable('people__tags', {}),
      columns: [{ name: 'x', type: 'text', nullable: true }],
    } as const;
    const warehouse = createMemoryWarehouse({ catalog: catalogOf(own) });
    const { reports } = load(warehouse, { id: 1, tags: ['x'] }, { id: 2 });
    expect(reports.map(({ code }) => code)).toEqual(['foreignTable']);
    expect(warehouse.rows('people')).toEqual([{ id: 2 }]);
  });

  test('whose PRIMARY KEY someone dropped stops', () => {
    const warehouse = createMemoryWarehouse({
      catalog: catalogOf({ ...stitchTable('people', { id: 'integer' }), primaryKey: [] }),
    });
    expect(load(warehouse, { id: 1 }).stop?.message).toContain(
      'the table people has none, the incoming data has ("id")',
    );
  });

  test('is not made when every record was rejected', () => {
    const warehouse = createMemoryWarehouse();
    expect(load(warehouse, { id: 1, a: '\0' }).changes).toEqual([]);
  });
});

test('a chunk that was shaped for other tables than those that stand is to be shaped again', () => {
  const shaper = openShaper({
    dialect: postgresRules,
    catalog: catalogOf(),
    tableName: 'people',
    keyNames: ['id'],
    batchedAt: 0,
  });
  shaper.openBatch(
    { id: 'b', receivedAt: 0, tableVersion: null },
    untyped,
  )({ data: { id: 1, a: 1 }, sequence: 1, position: 0 });
  const standing = stitchTable('people', { id: 'integer' });
  const catalog = catalogOf({
    ...standing,
    owned: { source: '[["people"]]', columns: new Map([['a', '["a!"]']]) },
  });
  const plan = planChanges({ catalog, tables: shaper.tables, accepted: 1, dialect: postgresRules });
  expect(plan.stale?.text).toBe('Field collision on a');
  expect(plan.changes).toEqual([]);
});

const scalar = fc.oneof(
  fc.integer(),
  fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constantFrom('x', 'y'),
  fc.constant(new ExactNumber('0.1234567890123456789')),
  fc.constant(null),
);
const nested = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('p', 'q'), tie('value'), { maxKeys: 2 }),
  ),
})).value;
const records = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), nested, { maxKeys: 3 }), {
  minLength: 1,
  maxLength: 8,
});

test('any sequence of schema changes gives the tables that a load of everything at once gives', () => {
  fc.assert(
    fc.property(records, (made) => {
      const all = made.map((record, id) => ({ data: { id, ...record }, sequence: id }));
      const step = createMemoryWarehouse();
      for (const record of all) step.load({ records: [record] });
      const rebuilt = createMemoryWarehouse();
      const { changes } = rebuilt.load({ records: all });
      expect(step.snapshot()).toEqual(rebuilt.snapshot());
      // Made at once, nothing is renamed; loaded again, nothing changes.
      expect(changes.filter(({ kind }) => kind === 'rename-column')).toEqual([]);
      expect(rebuilt.load({ records: all }).changes).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
