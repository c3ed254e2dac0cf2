import { describe, expect, test } from 'vitest';
import type { LoadBatch, LoadMessage } from '../../../src/destinations/session.ts';
import { untyped } from '../../../src/shape/schema-place.ts';
import { randomId, records, type SentBatch } from '../../support/load-session.ts';
import type { Suite } from './open-suite.ts';

const halved = '\ud800 is half of a character';

export function rejectionContract({ open, tables }: Suite): void {
  describe('what cannot be a row', () => {
    test('is one rejection with its reason among a thousand records, and its neighbours load', async () => {
      await using room = await open();
      const data = Array.from({ length: 1_000 }, (_, id) => ({ id, note: id === 500 ? halved : 'fine' }));
      const loadId = randomId();
      const result = await room.load('t', [records(...data)], { loadId });
      expect(result.tables[0]).toMatchObject({ rowsLoaded: 999, rowsRejected: 1 });
      expect(result.rejections).toMatchObject([{ position: 500, table: 't', kind: 'record' }]);
      await room.expectLoaded('t');
      const [row] = await room.place.rejected();
      expect(row).toMatchObject({ table: 't', loadId, position: 500, kind: 'record' });
      expect(row?.reason).toBe(result.rejections[0]?.reason);
      expect(JSON.parse(row?.record ?? '')).toMatchObject({ id: 500 });
    });

    test('was found wrong by the server before: it is rejected with that reason', async () => {
      await using room = await open();
      const { place, session } = room;
      const wrong = {
        action: 'reject',
        position: 0,
        reason: 'it is not what it should be',
        record: { id: 'x' },
      } as const;
      const result = await room.loadBatches('t', [batchOf(wrong)]);
      expect(result.rejections).toMatchObject([{ position: 0, reason: wrong.reason, kind: 'record' }]);
      expect(await place.rejected()).toMatchObject([{ table: 't', reason: wrong.reason, position: 0 }]);
      expect(await place.tables()).toEqual([]);
      expect(await session.marks({ schema: place.schema, table: 't' })).toHaveLength(1);
    });

    test('is over four million bytes', async () => {
      await using room = await open();
      const record = { data: { id: 1, text: 'x' }, sequence: 1, position: 0, bytes: 4_000_001 };
      const result = await room.loadBatches('t', [batchOf({ action: 'upsert', record })]);
      expect(result.rejections[0]?.reason).toContain('larger than the limit of 4000000 bytes');
    });

    test(`is a text with a NUL, unless the destination can hold one`, async () => {
      await using room = await open();
      const result = await room.load('t', [records({ id: 1, a: 'nul \0 inside' }, { id: 2, a: 'fine' })]);
      expect(result.rejections.map(({ position }) => position)).toEqual(tables.nulInText ? [] : [0]);
      await room.expectLoaded('t');
    });

    test('stands whole beside the table, cut at 64 kB, however many there are', async () => {
      await using room = await open();
      const sent: SentBatch = {
        messages: Array.from({ length: 700 }, (_, id) => ({
          data: { id, note: `${halved}${'ä'.repeat(id % 350 === 0 ? 50_000 : 1)}` },
          sequence: id,
        })),
      };
      const result = await room.load('t', [sent]);
      expect(result.rejections).toHaveLength(700);
      const rows = await room.place.rejected();
      expect(rows).toHaveLength(700);
      const longest = Math.max(...rows.map(({ record }) => Buffer.byteLength(record)));
      expect(longest).toBeGreaterThan(65_000);
      expect(longest).toBeLessThanOrEqual(65_536);
      expect(await room.place.tables()).toEqual([]);
    });
  });

  if (tables.columns === 'typed')
    test('keys of another type are rejected, and stop the table when no record is left', async () => {
      await using room = await open();
      await room.load('t', [records({ id: 1 })]);
      const mixed = await room.load('t', [records({ id: 'one' }, { id: 2 })]);
      expect(mixed.tables[0]).toMatchObject({ rowsLoaded: 1, rowsRejected: 1 });
      await room.expectLoaded('t');
      await expect(room.load('t', [records({ id: 'one' })])).rejects.toMatchObject({
        kind: 'blocked',
        code: 'key-type',
      });
    });
  else
    test('keys may have any type, one after another', async () => {
      await using room = await open();
      await room.load('t', [records({ id: 1 })]);
      await room.load('t', [records({ id: 'one' }, { id: true })]);
      await room.expectLoaded('t');
    });
}

const batchOf = (message: LoadMessage): LoadBatch => ({
  facts: { id: randomId(), receivedAt: 1, tableVersion: null },
  keyNames: ['id'],
  place: untyped,
  messages: [message],
});
