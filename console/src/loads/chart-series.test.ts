import { expect, test } from 'vitest';
import { chartSeries } from './chart-series.ts';

test('a chart has a point for each step, also where nothing was loaded', () => {
  const point = { at: '2026-01-01T00:00:10Z', loads: 1, rows_loaded: 5, rows_rejected: 2 };
  const span = { since: '2026-01-01T00:00:00Z', until: '2026-01-01T00:00:21Z', step_seconds: 10 };
  const start = Date.UTC(2026, 0) / 1000;
  expect(chartSeries({ ...span, points: [point], tables: [] })).toEqual([
    [start, start + 10, start + 20],
    [0, 5, 0],
    [0, 2, 0],
  ]);
});
