import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { openTestSession, randomId, type SentBatch } from '../support/load-session.ts';

const batch = (from: number, parts: Partial<SentBatch> = {}): SentBatch => ({
  bookmarkNames: ['updated'],
  messages: [0, 1].map((index) => ({
    data: { id: from + index, updated: `2024-01-0${from + index}T00:00:00Z` },
    sequence: from + index,
    extractedAt: `2024-02-0${from + index}T00:00:00.5Z`,
  })),
  ...parts,
});

test('a load notes bookmarks, versions and times, and its mark gives them back', async () => {
  await using db = await createTestDatabase();
  await using loads = await openTestSession(db);
  const notes = (from: number, to: number) => ({
    bookmarks: [{ key: 'updated', min: `2024-01-0${from}T00:00:00Z`, max: `2024-01-0${to}T00:00:00Z` }],
    maxTimeExtracted: Date.UTC(2024, 1, to, 0, 0, 0, 500),
  });
  const made = await loads.load('orders', [batch(1, { tableVersion: 7 })]);
  expect(made.notes).toEqual({ tableVersion: '7', newVersion: false, ...notes(1, 2) });

  // A few rows into a table that stands: one statement, whose mark is written in another place.
  const plan = { loadId: randomId() };
  const quick = await loads.load('orders', [batch(3, { tableVersion: 7 })], plan);
  expect(quick.notes).toEqual({ tableVersion: '7', newVersion: false, ...notes(3, 4) });
  expect((await loads.load('orders', [batch(3, { tableVersion: 7 })], plan)).notes).toEqual(quick.notes);

  const raised = await loads.load('orders', [
    batch(5, { tableVersion: 8, messages: [...batch(5).messages, { activate: 8 }] }),
  ]);
  expect(raised.notes).toEqual({ tableVersion: '8', newVersion: true, ...notes(5, 6) });
});
