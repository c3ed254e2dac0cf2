import { expect, test } from 'vitest';
import { ExactNumber } from '../../lib/exact-number.ts';
import { openNotes, renderNotes } from './load-notes.ts';

const facts = { id: 'b', receivedAt: 0, tableVersion: null };

function bookmarksOf(...values: readonly unknown[]): unknown {
  const notes = openNotes();
  notes.openBatch({ facts, bookmarkNames: ['at'] });
  for (const value of values) notes.add({ at: value }, undefined);
  return renderNotes(notes.noted, false).bookmarks;
}

test('numbers are compared as numbers and keep their digits', () => {
  expect(bookmarksOf(9, 10, -2, new ExactNumber('9007199254740993'), 9007199254740992)).toEqual([
    { key: 'at', min: '-2', max: '9007199254740993' },
  ]);
  expect(bookmarksOf(1.5, new ExactNumber('1e2'), 3)).toEqual([{ key: 'at', min: '1.5', max: '1e2' }]);
});

test('times are compared as times, however they are written', () => {
  expect(
    bookmarksOf('2020-01-01T00:00:00+02:00', '2020-01-01T00:30:00+03:00', '2019-12-31T21:45:00Z'),
  ).toEqual([{ key: 'at', min: '2020-01-01T00:30:00+03:00', max: '2020-01-01T00:00:00+02:00' }]);
});

test('what has no order with the values before it is passed over, and so is what is no value', () => {
  expect(bookmarksOf('b', 7, null, { a: 1 }, true, 'a')).toEqual([{ key: 'at', min: 'a', max: 'b' }]);
  expect(bookmarksOf(null, undefined)).toEqual([]);
});

test('of several batches the highest version counts', () => {
  const notes = openNotes();
  for (const tableVersion of [3, 12n, null, 5]) notes.openBatch({ facts: { ...facts, tableVersion } });
  expect(renderNotes(notes.noted, true)).toEqual({
    tableVersion: '12',
    newVersion: true,
    maxTimeExtracted: null,
    bookmarks: [],
  });
});
