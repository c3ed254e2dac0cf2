import type { WatchedEvent } from '@backstitch/client';
import { expect, test } from 'vitest';
import { eventLine } from './event-line.ts';

const at = '2026-01-31T12:00:00Z';
const table = { at, source_id: 1, source_name: 'shop', table_name: 'orders' };
const told = (event: object): string | null => eventLine({ id: '1', ...event } as WatchedEvent);

test('a load is told with what it left out', () => {
  const load = { ...table, type: 'load.loaded', destination_id: 7, load_id: 'l', batches: 1, tables: [] };
  expect(told({ ...load, rows_loaded: 20, rows_rejected: 0, dropped_as_older: 0 })).toBe(
    `${at}  shop.orders: loaded, rows: 20`,
  );
  expect(told({ ...load, rows_loaded: 20, rows_rejected: 3, dropped_as_older: 2 })).toBe(
    `${at}  shop.orders: loaded, rows: 20, rejected: 3, older than what stands: 2`,
  );
});

test('a failure is told with its remedy, and when it is tried again', () => {
  const failure = { ...table, type: 'load.failed', message: 'It is full.', remedy: 'Make room.', code: null };
  expect(told({ ...failure, blocked: true, retry_at: null })).toBe(
    `${at}  shop.orders: failed: It is full. → Make room.`,
  );
  expect(told({ ...failure, blocked: false, retry_at: at })).toContain(
    `Make room. It is tried again at ${at}.`,
  );
});

test('what others wrote moves no cursor', () => {
  const rejected = { ...table, type: 'records.rejected', load_id: 'l', batch_id: 'b', records: 1, values: 0 };
  expect(told({ ...rejected, reason: 'no\n\u001b[2Jnumber' })).toContain('no\\n\\u{1b}[2Jnumber');
});

test('what is not about loads is not told', () => {
  expect(told({ type: 'check.completed', at })).toBe(null);
  expect(told({ type: 'reset', reason: 'too_old' })).toContain('Some events are missing');
});
