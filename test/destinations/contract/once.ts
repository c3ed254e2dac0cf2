import { describe, expect, test } from 'vitest';
import type { Session } from '../../../src/destinations/session.ts';
import { failureOf, makeBatch, randomId, records, type SentBatch } from '../../support/load-session.ts';
import type { Room, Suite } from './open-suite.ts';

const never = new AbortController().signal;

const many = (from: number, count: number): SentBatch => ({
  keyNames: [],
  messages: Array.from({ length: count }, (_, at) => ({
    data: { id: from + at, note: `row ${from + at}`, kids: [at] },
    sequence: from + at,
  })),
});

export function onceContract({ open, tables }: Suite): void {
  describe('a load', () => {
    test('that is repeated changes nothing and gives the stored result, from any session', async () => {
      await using room = await open();
      const loadId = randomId();
      const sent: SentBatch = {
        ...records({ a: 1, kids: ['x'] }, { a: '\ud800' }, { a: 2 }),
        keyNames: [],
        id: randomId(),
      };
      const first = await room.load('t', [sent], { loadId });
      const stood = await rowsOf(room);
      for (const session of [room.session, await room.openSession()])
        expect(await room.load('t', [sent], { loadId, session })).toEqual(first);
      expect(await rowsOf(room)).toEqual(stood);
      expect(await room.place.rejected()).toHaveLength(1);
      await room.expectLoaded('t');
    });

    test('that is cancelled while it is shaped leaves no row, and may be repeated', async () => {
      await using room = await open();
      await room.load('t', [many(0, 3)]);
      const batches = [makeBatch(many(10, 400)), makeBatch(many(500, 400))];
      const controller = new AbortController();
      const plan = room.plan('t');
      const cancelled = {
        async *[Symbol.asyncIterator]() {
          yield batches[0]!;
          controller.abort(new Error('the worker stops'));
          yield batches[1]!;
        },
      };
      await expect(room.session.load(plan, cancelled, controller.signal)).rejects.toThrow();
      await room.expectLoaded('t');
      await room.loadBatches('t', batches, plan);
      await room.expectLoaded('t');
    });

    test('of an owner with a lower fence writes nothing; that of another lane does', async () => {
      await using room = await open();
      const newer = await room.openSession();
      await room.load('t', [records({ id: 1, n: 1 })], { fence: 4 });
      await room.load('t', [{ messages: [{ data: { id: 1, n: 2 }, sequence: 2 }] }], {
        fence: 5,
        session: newer,
      });
      const failure = await failureOf(
        room.load('t', [{ messages: [{ data: { id: 1, n: 3 }, sequence: 3 }] }], { fence: 4 }),
      );
      expect(failure).toMatchObject({ kind: 'passing', code: 'fenced' });
      await room.expectLoaded('t');
      await room.load('u', [records({ id: 1 })], { fence: 4 });
    });

    test('is settled: its result, or the certainty that it never happens', async () => {
      await using room = await open();
      const plan = room.plan('t', { fence: 5 });
      expect(await room.session.settle(plan, never)).toBe(null);
      expect(await failureOf(room.load('t', [records({ id: 1 })], { ...plan, fence: 4 }))).toMatchObject({
        code: 'fenced',
      });
      const result = await room.load('t', [records({ id: 1 })], { ...plan, fence: 6 });
      const other = await room.openSession();
      expect(await other.settle({ ...plan, fence: 7 }, never)).toEqual(result);
      await room.expectLoaded('t');
    });

    test('leaves a mark, which goes when it is dropped and not with others', async () => {
      await using room = await open();
      const { session, place } = room;
      const lane = { schema: place.schema, table: 't' };
      expect(await session.marks(lane)).toEqual([]);
      await session.dropMarks(lane, [randomId()]);
      const ids = [randomId(), randomId(), randomId()];
      for (const loadId of ids) await room.load('t', [records({ id: 1 })], { loadId });
      expect(await session.marks(lane)).toEqual(ids);
      await session.dropMarks({ ...lane, table: 'u' }, ids);
      await session.dropMarks(lane, [ids[0]!, ids[2]!, randomId()]);
      expect(await session.marks(lane)).toEqual([ids[1]]);
    });

    test('leaves nothing of its own beside the tables and our bookkeeping', async () => {
      await using room = await open();
      await room.load('t', [many(0, 10)]);
      const before = await room.place.objects();
      await room.load('t', [many(10, 300)]);
      await room.load('t', [many(400, 5)]);
      expect(await room.place.objects()).toEqual(before);
      await room.expectLoaded('t');
    });

    test('notes bookmarks, versions and times, and its mark gives them back', async () => {
      await using room = await open();
      const batch = (from: number, parts: Partial<SentBatch> = {}): SentBatch => ({
        bookmarkNames: ['updated'],
        messages: [0, 1].map((at) => ({
          data: { id: from + at, updated: `2024-01-0${from + at}T00:00:00Z` },
          sequence: from + at,
          extractedAt: `2024-02-0${from + at}T00:00:00.5Z`,
        })),
        ...parts,
      });
      const notes = (from: number, to: number) => ({
        bookmarks: [{ key: 'updated', min: `2024-01-0${from}T00:00:00Z`, max: `2024-01-0${to}T00:00:00Z` }],
        maxTimeExtracted: Date.UTC(2024, 1, to, 0, 0, 0, 500),
      });
      const made = await room.load('t', [batch(1, { tableVersion: 7 })]);
      expect(made.notes).toEqual({ tableVersion: '7', newVersion: false, ...notes(1, 2) });
      const plan = { loadId: randomId() };
      const second = { ...batch(3, { tableVersion: 7 }), id: randomId() };
      const later = await room.load('t', [second], plan);
      expect(later.notes).toEqual({ tableVersion: '7', newVersion: false, ...notes(3, 4) });
      expect((await room.load('t', [second], plan)).notes).toEqual(later.notes);
    });

    test('of many tables at once makes their schema once, and loses nothing', async () => {
      await using room = await open();
      const lanes = Array.from({ length: 5 }, (_, at) => `t${at}`);
      await Promise.all(
        lanes.map(async (table) => {
          const session = await room.openSession();
          await repeated(() =>
            room.load(table, [records({ id: 1, n: 1 }, { id: 2, n: '\ud800' })], { session }),
          );
        }),
      );
      for (const table of lanes) await room.expectLoaded(table);
      expect(await room.place.rejected()).toHaveLength(lanes.length);
    });

    test('of two workers that load one table at the same time loses and doubles nothing', async () => {
      await using room = await open();
      await room.load('t', [records({ id: 0, n: 0 })]);
      const work = async (session: Session, offset: number): Promise<void> => {
        for (let turn = 0; turn < 6; turn += 1) {
          const sequence = turn * 2 + offset + 10;
          const batch = makeBatch({
            messages: Array.from({ length: 10 }, (_, id) => ({
              data: { id, n: sequence, kids: [sequence] },
              sequence,
            })),
          });
          const plan = { loadId: randomId() };
          await repeated(() => room.loadBatches('t', [batch], { ...plan, session }));
        }
      };
      await Promise.all([work(room.session, 0), work(await room.openSession(), 1)]);
      await room.expectLoaded('t');
    });

    test('waits for its turn before it touches anything, and ends with the error of the one before', async () => {
      await using room = await open();
      const second = await room.openSession();
      const turn = Promise.withResolvers<void>();
      const later = room.load('t', [many(0, 300)], { turn: turn.promise, session: second });
      await room.load('t', [many(1_000, 300)]);
      turn.resolve();
      expect((await later).tables[0]?.rowsLoaded).toBe(300);
      await room.expectLoaded('t');
      const before = new Error('the load before failed');
      const rejected = Promise.reject(before);
      await expect(room.load('t', [many(2_000, 300)], { turn: rejected, session: second })).rejects.toThrow(
        before.message,
      );
      await room.expectLoaded('t');
    });

    if (tables.recall) recallContract(open);
    else
      test('is not remembered beyond its mark', async () => {
        await using room = await open();
        expect(room.session.recall).toBe(undefined);
      });
  });
}

function recallContract(open: Suite['open']): void {
  test('is remembered with its batches and its place', async () => {
    await using room = await open();
    const { session, place } = room;
    const lane = { schema: place.schema, table: 't' };
    const [loadId, batchId] = [randomId(), randomId()];
    await room.load('t', [{ ...records({ id: 1 }), id: batchId }], { loadId, batchIds: [batchId] });
    const asked = { loadIds: [loadId, randomId()], batchIds: [batchId, randomId()] };
    const recalled = await session.recall?.(lane, asked, never);
    expect(recalled).toMatchObject({ loadIds: [loadId], batchIds: [batchId] });
    const other = await (await room.openSession()).recall?.({ ...lane, table: 'u' }, asked, never);
    expect(other).toEqual({ place: recalled?.place, loadIds: [], batchIds: [] });
    expect(recalled?.place.id).not.toBe('');
  });

  test('that finds another fence than the last one left does nothing, and says so', async () => {
    await using room = await open();
    await room.load('t', [records({ id: 1 })], { fence: 3, standingFence: 0 });
    await room.load('t', [records({ id: 2 })], { fence: 4, standingFence: 3 });
    for (const standingFence of [0, 3, 5])
      expect(
        await failureOf(room.load('t', [records({ id: 3 })], { fence: 6, standingFence })),
      ).toMatchObject({
        code: 'lane_moved',
      });
    expect(
      await failureOf(room.load('u', [records({ id: 3 })], { fence: 6, standingFence: 2 })),
    ).toMatchObject({
      code: 'lane_moved',
    });
    await room.load('t', [records({ id: 4 })], { fence: 6, standingFence: 4 });
    await room.load('t', [records({ id: 5 })], { fence: 7, standingFence: null });
    await room.expectLoaded('t');
  });
}

/** A loader repeats what others were in the way of. */
async function repeated<T>(load: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const failure = await load().then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    if ('result' in failure) return failure.result;
    expect(failure.error).toMatchObject({ kind: 'passing' });
  }
  return await load();
}

async function rowsOf({ place }: Room): Promise<string[]> {
  const all = await Promise.all((await place.tables()).map((table) => place.rows(table)));
  return all
    .flat()
    .map((row) => JSON.stringify(row))
    .toSorted();
}
