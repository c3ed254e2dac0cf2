import { describe, expect, test } from 'vitest';
import { createMemoryWarehouse } from '../../test/support/memory-warehouse.ts';
import { postgresRules } from '../../test/support/sample-dialects.ts';
import { dedupeRows, isBelowActive, keyReader, supersedes } from './dedupe.ts';
import { openShaper } from './open-shaper.ts';
import { untyped } from './schema-place.ts';
import type { Int64 } from './shape.ts';

const of = (tableVersion: Int64 | null, sequence: Int64 | null) => ({ tableVersion, sequence });

describe('a record replaces another', () => {
  test.each([
    ['of a lower sequence', of(1, 2), of(1, 1), true],
    ['not of the same sequence', of(1, 2), of(1, 2), false],
    ['not of a higher sequence', of(1, 1), of(1, 2), false],
    ['of a lower version, whatever the sequences', of(2, 1), of(1, 9), true],
    ['of no version', of(0, 1), of(null, 9), true],
    ['of no sequence', of(null, 0), of(null, null), true],
    ['not when neither has one', of(null, null), of(null, null), false],
    ['by the last of 19 digits', of(null, 1795414180789266001n), of(null, 1795414180789266000n), true],
    ['by a large number over a small one', of(null, 2n ** 60n), of(null, 5), true],
  ])('%s', (_, challenger, standing, expected) => {
    expect(supersedes(challenger, standing)).toBe(expected);
  });
});

test('messages below the active version are skipped, those without one too', () => {
  expect([2, 3, 4, null].map((version) => isBelowActive(version, 3))).toEqual([true, false, false, true]);
  expect(isBelowActive(null, null)).toBe(false);
});

function shapedPeople(
  records: readonly (readonly [data: object, sequence: number])[],
  keyNames: readonly string[],
) {
  const shaper = openShaper({
    dialect: postgresRules,
    catalog: { tables: new Map() },
    tableName: 'people',
    keyNames,
    batchedAt: 0,
  });
  const add = shaper.openBatch({ id: 'b', receivedAt: 0, tableVersion: null }, untyped);
  for (const [position, [data, sequence]] of records.entries()) add({ data, sequence, position });
  return shaper.tables[0]!;
}

test('of each key the highest sequence stands; of equals the first that was accepted', () => {
  const table = shapedPeople(
    [
      [{ id: 1, v: 'old' }, 1],
      [{ id: 2, v: 'first' }, 5],
      [{ id: 1, v: 'new' }, 3],
      [{ id: 2, v: 'second' }, 5],
      [{ id: 1, v: 'late' }, 2],
    ],
    ['id'],
  );
  const { rows, ordinals, droppedAsOlder } = dedupeRows(table);
  expect(rows.map((row) => row.at(-1))).toEqual(['new', 'first']);
  expect([...ordinals]).toEqual([2, 1]);
  expect(droppedAsOlder).toBe(3);
});

test('keys are equal when all their columns are', () => {
  const table = shapedPeople(
    [
      [{ a: 'x,y', b: 'z' }, 1],
      [{ a: 'x', b: 'y,z' }, 1],
      [{ a: '"', b: '' }, 1],
      [{ b: '', a: '"' }, 2],
    ],
    ['a', 'b'],
  );
  expect(new Set(table.rows.map(keyReader(table))).size).toBe(3);
});

describe('across loads', () => {
  test('an older record never replaces a newer one, and is counted', () => {
    const warehouse = createMemoryWarehouse();
    warehouse.load({ records: [{ data: { id: 1, v: 'new' }, sequence: 9 }] });
    const { droppedAsOlder } = warehouse.load({
      records: [{ data: { id: 1, v: 'old', w: 1 }, sequence: 8 }],
    });
    expect(droppedAsOlder).toBe(1);
    expect(warehouse.rows('people')).toEqual([{ id: 1, v: 'new' }]);
    expect(warehouse.columns('people')).toContain('w integer');
  });

  test('the rows of subtables are those of the winner, none stale', () => {
    const warehouse = createMemoryWarehouse();
    const load = (sequence: number, tags: readonly string[]) =>
      warehouse.load({ records: [{ data: { id: 1, tags }, sequence }] });
    load(2, ['a', 'b', 'c']);
    load(1, ['old']);
    load(3, ['d']);
    load(2, ['late', 'late']);
    expect(warehouse.rows('people__tags')).toEqual([
      { _sdc_source_key_id: 1, _sdc_level_0_id: 0, _sdc_value: 'd' },
    ]);
    load(4, []);
    expect(warehouse.rows('people__tags')).toEqual([]);
  });
});
