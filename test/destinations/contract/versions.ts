import { describe, expect, test } from 'vitest';
import { again, makeBatch, type SentBatch } from '../../support/load-session.ts';
import type { Suite } from './open-suite.ts';

const row = (id: number, tableVersion: number | null): SentBatch => ({
  tableVersion,
  messages: [{ data: { id, note: `${tableVersion}`, kids: [{ id }] }, sequence: id }],
});
const never = new AbortController().signal;
const activate = (version: number | bigint): SentBatch => ({ messages: [{ activate: version }] });
const append = (sent: SentBatch): SentBatch => ({ ...sent, keyNames: [] });

export function versionContract({ open, tables }: Suite): void {
  const removes = tables.lowerVersions === 'removed';

  describe('activate_version', () => {
    test(`${removes ? 'removes' : 'keeps'} rows of lower and no version, with all that belongs to them`, async () => {
      await using room = await open();
      await room.load('t', [row(1, null), row(2, 1), row(3, 2)]);
      const result = await room.load('t', [activate(2)]);
      await room.expectLoaded('t');
      expect(await room.records('t')).toHaveLength(removes ? 1 : 3);
      expect(result.notes?.newVersion).toBe(true);
    });

    test('holds for what comes before, between and after it', async () => {
      await using room = await open();
      await room.load('t', [row(1, 1)]);
      await room.load('t', [row(2, 2), row(3, 1), activate(2), row(4, 2), row(5, 1)]);
      const late = await room.load('t', [row(6, 1), row(7, 2)]);
      await room.expectLoaded('t');
      expect(late.tables[0]).toMatchObject({ rowsLoaded: 1, droppedAsOlder: 1 });
    });

    test('is never lowered, may be repeated, and keeps every digit', async () => {
      await using room = await open();
      const high = 9_007_199_254_740_993n;
      await room.load('t', [activate(high)]);
      await room.load('t', [activate(3), row(1, 5), row(2, null)]);
      await room.expectLoaded('t');
      const session = await room.openSession();
      await room.load('t', [row(3, 5)], { session });
      await room.expectLoaded('t');
      await room.load('t', [{ ...row(4, null), tableVersion: high }, activate(high)], { session });
      await room.expectLoaded('t');
    });

    test('is of one source: a session that knows a table of that name in another one skips nothing', async () => {
      await using room = await open();
      const lane = { schema: `other_${room.place.schema}`, table: 't' };
      // What stays as it was the second time is what a session remembers.
      for (const batches of [[row(1, 9), activate(9)], [row(2, 9)], [row(3, 9)]])
        await room.session.load(room.plan('t', { lane }), again(batches.map(makeBatch)), never);
      for (const id of [1, 2, 3]) await room.load('t', [row(id, 1)]);
      await room.expectLoaded('t');
    });

    test('that names no keys stops no table that has some', async () => {
      await using room = await open();
      await room.load('t', [row(1, 1), row(2, 2)]);
      await room.load('t', [append(activate(2))]);
      await room.load('t', [append(activate(2)), row(3, 2)]);
      await room.expectLoaded('t');
    });

    test('works on tables without keys', async () => {
      await using room = await open();
      await room.load('t', [append(row(1, 1))]);
      await room.load('t', [append(row(2, 2)), append(row(3, 1)), append(activate(2)), append(row(4, 1))]);
      await room.expectLoaded('t');
    });
  });
}
