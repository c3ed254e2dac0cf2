import { describe, expect, test } from 'vitest';
import { records, type SentBatch } from '../../support/load-session.ts';
import type { Suite } from './open-suite.ts';

const one = (data: object, sequence: number): SentBatch => ({ messages: [{ data, sequence }] });

/** A name of that length in the unit that the destination counts in; `ü` is two bytes and one character. */
function nameOf(length: number, unit: 'bytes' | 'characters', end = ''): string {
  const left = length - end.length;
  const wide = unit === 'bytes' ? Math.floor(left / 2) : left;
  return `${'ü'.repeat(wide)}${'x'.repeat(left - (unit === 'bytes' ? wide * 2 : wide))}${end}`;
}

export function nameContract({ open, tables }: Suite): void {
  const { names } = tables;
  const cleans = names.characters !== 'any';
  /** So long that nobody comes up against it. */
  const isEndless = (length: number) => length > 10_000;

  describe('a name', () => {
    test('of a table may be as long as the destination says, and no longer', async () => {
      await using room = await open();
      if (isEndless(names.table)) {
        const endless = nameOf(3_000, names.unit);
        await room.load(endless, [records({ id: 1 })]);
        return await room.expectLoaded(endless);
      }
      const fitting = nameOf(names.table, names.unit);
      await room.load(fitting, [records({ id: 1 })]);
      await room.expectLoaded(fitting);
      const result = await room.load(nameOf(names.table + 1, names.unit), [records({ id: 1 }, { id: 2 })]);
      expect(result.rejections.map(({ kind }) => kind)).toEqual(['record', 'record']);
      expect(result.rejections[0]?.reason).toMatch(/^Table name .* is too long for /);
      expect(await room.place.tables()).toHaveLength(1);
    });

    test('of a field is cleaned for a column, or stays where there are none', async () => {
      await using room = await open();
      const data = { id: 1, 'First Name!': 'a', 'naïve/café': 1, CamelCase: true, ' x ': 2, 日本: 'z' };
      const result = await room.load('t', [one(data, 1)]);
      expect(result.rejections).toEqual([]);
      await room.expectLoaded('t');
      const columns = Object.keys(await room.place.columns('t'));
      if (tables.columns === 'none') return expect(columns).toEqual([]);
      const expected = {
        letters: ['First Name', 'naïvecafé', 'CamelCase', 'x ', '日本'],
        word: ['First_Name_', 'naïve_café', 'CamelCase', 'x', '日本'],
        any: Object.keys(data).slice(1),
      }[names.characters];
      const cased = names.case === 'lower' ? expected.map((name) => name.toLowerCase()) : expected;
      expect(columns).toEqual(expect.arrayContaining(cased));
    });

    if (tables.columns === 'none')
      test('of a field may be anything, since the record stays as it is', async () => {
        await using room = await open();
        const result = await room.load('t', [
          one({ id: 1, age__bi: 3, [nameOf(500, 'bytes')]: 1, '!': 2 }, 1),
        ]);
        expect(result.rejections).toEqual([]);
        const [record] = await room.records('t');
        expect(Object.keys(record?.data ?? {})).toHaveLength(4);
      });
    else {
      test('of a column that is too long, empty or reserved is left out and reported; the record loads', async () => {
        await using room = await open();
        const endless = isEndless(names.column);
        const fitting = nameOf(endless ? 3_000 : names.column, names.unit);
        const long = nameOf(endless ? 3_001 : names.column + 1, names.unit);
        const result = await room.load('t', [
          one(
            {
              id: 1,
              [fitting]: 1,
              [long]: 1,
              ...(cleans && { '!!': names.characters === 'letters' ? 1 : null }),
            },
            1,
          ),
          one(
            {
              id: 2,
              age__bi: 3,
              _sdc_sequence: 5,
              _sdc_level_0_id: 1,
              _backstitch_x: 1,
              _sdc_repository: 'kept',
            },
            2,
          ),
        ]);
        expect(result.tables[0]).toMatchObject({ rowsLoaded: 2, rowsRejected: 0 });
        expect(result.rejections.every(({ kind }) => kind === 'column')).toBe(true);
        const reasons = result.rejections.map(({ reason }) => reason);
        expect(reasons.filter((reason) => reason.includes('too long'))).toHaveLength(endless ? 0 : 1);
        expect(reasons.filter((reason) => reason.includes('reserved'))).toHaveLength(4);
        const columns = Object.keys(await room.place.columns('t'));
        expect(columns).toEqual(expect.arrayContaining([fitting, '_sdc_repository']));
        expect(columns).not.toContain('age__bi');
        const longer = columns.filter((name) => name.startsWith(long.slice(0, 50)) && name !== fitting);
        expect(longer).toEqual(endless ? [long] : []);
      });

      const alike = cleans ? ['a!b', 'a#b'] : names.case === 'lower' ? ['ab', 'AB'] : null;
      if (alike === null)
        test('is another one when it differs in anything', async () => {
          await using room = await open();
          for (const name of ['a b', 'A b', 'a  b', 'a!b']) {
            const field = await room.load('t', [one({ id: 1, [name]: 1 }, 1)]);
            const table = await room.load(`My${name}`, [one({ id: 1 }, 1)]);
            expect([...field.rejections, ...table.rejections]).toEqual([]);
            await room.expectLoaded(`My${name}`);
          }
          await room.expectLoaded('t');
          const columns = Object.keys(await room.place.columns('t'));
          expect(columns.filter((name) => !name.startsWith('_sdc_'))).toHaveLength(5);
          expect(await room.place.tables()).toHaveLength(5);
        });
      else
        test('belongs to the first path that led to it; another one is a collision', async () => {
          await using room = await open();
          const [first, second] = alike;
          await room.load(`My${first}`, [one({ id: 1, [first!]: 1 }, 1)]);
          const field = await room.load(`My${first}`, [one({ id: 2, [second!]: 1 }, 2)]);
          expect(
            field.rejections.map(({ kind, reason }) => [kind, /^Field collision on /.test(reason)]),
          ).toEqual([['record', true]]);
          const table = await room.load(`My${second}`, [one({ id: 4 }, 1)]);
          expect(table.rejections[0]?.reason).toMatch(/^Table collision on /);
          await room.expectLoaded(`My${first}`);
        });

      const isLimited = tables.maxColumns !== null;
      const title = isLimited
        ? 'of one column more than there can be rejects the record'
        : 'of a column is never one too many';
      test(title, async () => {
        await using room = await open();
        const most = tables.maxColumns ?? 2_000;
        const part = (from: number, to: number) =>
          Object.fromEntries(Array.from({ length: to - from }, (_, at) => [`c${from + at}`, at % 2 === 0]));
        const own = Object.keys(await columnsAfterOne()).length;
        const left = most - own;
        const half = Math.floor(left / 2);
        const result = await room.load('t', [
          one({ id: 1, ...part(0, half) }, 1),
          one({ id: 2, ...part(half, left) }, 2),
          one({ id: 3, more: 1 }, 3),
        ]);
        if (!isLimited) return expect(result.tables[0]).toMatchObject({ rowsLoaded: 3, rowsRejected: 0 });
        expect(result.tables[0]).toMatchObject({ rowsLoaded: 2, rowsRejected: 1 });
        expect(result.rejections[0]?.reason).toContain(`can have ${most}`);
        expect(Object.keys(await room.place.columns('t'))).toHaveLength(most);

        /** The key and the columns of the system. */
        async function columnsAfterOne(): Promise<Readonly<Record<string, string>>> {
          await room.load('probe', [one({ id: 1 }, 1)]);
          return await room.place.columns('probe');
        }
      });
    }
  });
}
