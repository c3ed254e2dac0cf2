import { describe, expect, test } from 'vitest';
import { records, type SentBatch } from '../../support/load-session.ts';
import type { Suite } from './open-suite.ts';

const sent = (n: unknown, sequence: unknown, tableVersion: number | null = null): SentBatch => ({
  tableVersion,
  messages: [{ data: { id: 1, n, kids: [n] }, sequence }],
});

export function orderContract({ open, tables }: Suite): void {
  /** Rows that replace nothing count as loaded, where every record is a row. */
  const counted = (loaded: number, dropped: number) =>
    tables.upsert
      ? { rowsLoaded: loaded, droppedAsOlder: dropped }
      : { rowsLoaded: loaded + dropped, droppedAsOlder: 0 };

  describe('of several records of a key', () => {
    test('the newest stands, whatever comes first, and older ones are counted', async () => {
      await using room = await open();
      const first = await room.load('t', [sent(1, 5), sent(2, 9), sent(3, 7), sent(4, 9)]);
      expect(first.tables[0]).toMatchObject(counted(1, 3));
      const later = await room.load('t', [sent(5, 8)]);
      expect(later.tables[0]).toMatchObject(counted(0, 1));
      await room.expectLoaded('t');
      if (tables.upsert)
        expect(later.tables[0]?.older).toEqual({
          incoming: { tableVersion: null, sequence: '8' },
          standing: { tableVersion: null, sequence: '9' },
        });
      else expect(later.tables[0]?.older).toBe(null);
    });

    test('one of a higher table version wins whatever its sequence', async () => {
      await using room = await open();
      await room.load('t', [sent('a', 1, 2), sent('b', 9, 1), sent('c', 99)]);
      await room.load('t', [sent('d', 0, 3)]);
      await room.load('t', [sent('e', 100, 2)]);
      await room.expectLoaded('t');
    });

    test('one without a sequence is lower than any with one, and the first of them stays', async () => {
      await using room = await open();
      await room.load('t', [sent('a', null), sent('b', null)]);
      await room.load('t', [sent('c', null)]);
      await room.expectLoaded('t');
      await room.load('t', [sent('d', -5)]);
      await room.load('t', [sent('e', null)]);
      await room.expectLoaded('t');
    });

    test('of equal sequence the first accepted stays, in one load and across loads', async () => {
      await using room = await open();
      await room.load('t', [sent('first', 5), sent('second', 5)]);
      await room.load('t', [sent('third', 5)]);
      await room.expectLoaded('t');
    });

    test('every permutation of three versions in every batching gives the same', async () => {
      await using room = await open();
      for (const [id, order] of permutations([1, 2, 3]).entries()) {
        const all = order.map((version) => ({
          messages: [
            {
              data: { id, version, parts: Array.from({ length: version }, (_, at) => at) },
              sequence: version,
            },
          ],
        }));
        const loads = [[all], [all.slice(0, 2), all.slice(2)], all.map((one) => [one])][id % 3]!;
        for (const load of loads) await room.load('t', load);
      }
      await room.expectLoaded('t');
    });

    test('keys of every type find their row again, to the last space and accent', async () => {
      await using room = await open();
      const keyNames = ['s', 'i', 'b', 'd', 'at'];
      const schema = { properties: { at: { type: 'string', format: 'date-time' } } };
      const texts = ['a', 'A', 'a ', 'á', 'a\u0301', '', 'ß', 'ss', '\t', "a'b"];
      const send = (note: string, sequence: number): SentBatch => ({
        keyNames,
        schema,
        messages: texts.map((s) => ({
          data: { s, i: 2, b: true, d: 0.1, at: '2026-01-01T00:00:00+02:00', note, kids: [{ n: note }] },
          sequence,
        })),
      });
      await room.load('t', [send('old', 1)]);
      await room.load('t', [send('new', 2)]);
      await room.expectLoaded('t');
      expect(await room.records('t')).toHaveLength(tables.upsert ? texts.length : 2 * texts.length);
    });

    test('what the newest does not have is gone', async () => {
      await using room = await open();
      await room.load('t', [records({ id: 1, a: 'x', b: 2, kids: [1, 2] })]);
      await room.load('t', [{ messages: [{ data: { id: 1, a: null, c: true }, sequence: 2 }] }]);
      await room.expectLoaded('t');
    });
  });

  test('without keys every record is a row, though they are all the same', async () => {
    await using room = await open();
    const batch: SentBatch = {
      ...records({ a: 1, kids: [1] }, { a: 1, kids: [1] }, { a: 'x' }),
      keyNames: [],
    };
    const result = await room.load('t', [batch]);
    await room.load('t', [batch]);
    expect(result.tables[0]).toMatchObject({ rowsLoaded: 3, droppedAsOlder: 0, primaryKeys: [] });
    await room.expectLoaded('t');
    expect(await room.records('t')).toHaveLength(6);
  });
}

function permutations<T>(list: readonly T[]): T[][] {
  return list.length < 2
    ? [[...list]]
    : list.flatMap((one, index) => permutations(list.toSpliced(index, 1)).map((rest) => [one, ...rest]));
}
