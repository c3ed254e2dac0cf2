import { describe, expect, test } from 'vitest';
import { failureOf, records, type SentBatch } from '../../support/load-session.ts';
import type { Room, Suite } from './open-suite.ts';
import type { OwnerOfTables } from './type-under-test.ts';

const one = (data: object, sequence: number, keyNames: readonly string[] = ['id']): SentBatch => ({
  keyNames,
  messages: [{ data, sequence }],
});

/** The hand of somebody who alters tables; a type that has columns has one. */
function ownerOf({ place }: Room): OwnerOfTables {
  if (!place.owner) throw new Error('a type with columns must let tests alter them');
  return place.owner;
}

export function shapeContract({ open, given, tables, capabilities }: Suite): void {
  const canAlter = tables.ddl !== 'none';
  const isTyped = tables.columns === 'typed';

  describe('a column', () => {
    test(
      isTyped
        ? 'splits when another type comes, and each value goes to its own'
        : 'takes values of every type',
      async () => {
        await using room = await open();
        await room.load('t', [one({ id: 1, age: 7 }, 1)]);
        const split = await room.load('t', [one({ id: 2, age: 'seven' }, 2)]);
        await room.load('t', [one({ id: 3, age: { years: 7 } }, 3)]);
        await room.load('t', [
          one({ id: 1, age: 'one' }, 4),
          one({ id: 4, age: 8.5 }, 5),
          one({ id: 5, age: true }, 6),
        ]);
        await room.expectLoaded('t');
        if (!isTyped) return expect(split.schemaChanges).toEqual([]);
        expect(split.schemaChanges).toMatchObject([
          tables.split === 'rename'
            ? {
                table: 't',
                kind: 'column_split',
                before: `age ${given.columnTypes?.integer}`,
                dependentViews: [],
              }
            : { table: 't', kind: 'column_added', before: null },
        ]);
        const names = Object.keys(await room.place.columns('t')).filter((name) => name.startsWith('age'));
        expect(names.includes('age')).toBe(tables.split !== 'rename');
        expect(names.length).toBeGreaterThanOrEqual(4);
      },
    );

    test('that comes in the middle of a load is null in the rows before', async () => {
      await using room = await open();
      const many = Array.from({ length: 600 }, (_, id) => ({
        id,
        tags: [id],
        ...(id > 300 ? { late: id + 0.25 } : {}),
      }));
      await room.load('t', [records(...many)]);
      await room.expectLoaded('t');
    });
  });

  if (!canAlter)
    test('what is only written can neither be altered nor stand in the way', async () => {
      await using room = await open();
      expect(room.place.owner).toBe(undefined);
      // Keys may change: there is nothing that says what they were.
      await room.load('t', [one({ id: 1, other: 1 }, 1)]);
      await room.load('t', [one({ id: 1, other: 2 }, 2, ['id', 'other'])]);
      await room.expectLoaded('t');
    });
  else tablesOfOthers(open, capabilities.schemas);
}

function tablesOfOthers(open: Suite['open'], hasSchemas: boolean): void {
  describe('somebody', () => {
    test('who dropped a column or a table gets it anew with the next record', async () => {
      await using room = await open();
      const owner = ownerOf(room);
      await room.load('t', [one({ id: 1, a: 1, b: 'x' }, 1)]);
      await room.load('t', [one({ id: 1, a: 2, b: 'y' }, 2)]);
      await owner.dropColumn('t', 'b');
      await room.load('t', [one({ id: 2, a: 2, b: 'z' }, 3)]);
      expect((await room.records('t')).map(({ data }) => data)).toEqual([
        { a: '#2', b: '"z', id: '#2' },
        { a: '#2', id: '#1' },
      ]);
      await owner.dropTable('t');
      await room.load('t', [one({ id: 3, a: 'now a text' }, 4)]);
      expect((await room.records('t')).map(({ data }) => data)).toEqual([{ a: '"now a text', id: '#3' }]);
      expect(hasSchemas).toBe(true);
    });

    test('who added a column finds what is in it as it was', async () => {
      await using room = await open();
      const owner = ownerOf(room);
      await room.load('t', [one({ id: 1, a: 'x', b: 2 }, 1)]);
      await owner.addColumn('t', 'remark');
      await owner.fill('t', 'remark', 'mine');
      await room.load('t', [one({ id: 1, b: 3 }, 2)]);
      expect((await room.records('t')).map(({ data }) => data)).toEqual([
        { id: '#1', b: '#3', remark: '"mine' },
      ]);
    });

    test('who made a table of that name keeps it, and the load says what is wrong', async () => {
      await using room = await open();
      await room.load('other', [one({ id: 1 }, 1)]);
      await ownerOf(room).createTable('t');
      const failure = await failureOf(room.load('t', [one({ id: 1, a: 'x' }, 1)]));
      expect(failure).toMatchObject({ kind: 'blocked', code: 'foreign-table' });
      expect(failure.remedy).not.toBe('');
      expect(await room.place.rows('t')).toEqual([]);
      expect(Object.keys(await room.place.columns('t'))).toEqual(['id']);
    });

    test('who sends other keys, or dropped them, stops the table until that is mended', async () => {
      await using room = await open();
      await room.load('t', [one({ id: 1, other: 1 }, 1)]);
      await room.load('t', [one({ id: 1, other: 1 }, 2)]);
      const changed = await failureOf(room.load('t', [one({ id: 1, other: 2 }, 3, ['id', 'other'])]));
      expect(changed).toMatchObject({ kind: 'blocked', code: 'keys-changed' });
      expect(changed.message).toContain('Primary Keys for table do not match Primary Keys of incoming data');
      expect(changed.message).toContain('("id")');
      expect(changed.message).toContain('("id", "other")');
      await ownerOf(room).dropKey('t');
      expect(await failureOf(room.load('t', [one({ id: 1, other: 2 }, 3)]))).toMatchObject({
        kind: 'blocked',
        code: 'keys-changed',
      });
      await room.load('u', [one({ id: 1 }, 1)]);
    });
  });
}
