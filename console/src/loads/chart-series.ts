import type { Activity } from '@backstitch/client';

/** Seconds since 1970, rows loaded, rows rejected: one entry for each step of the span, also where nothing happened. */
export type ChartSeries = readonly [times: number[], loaded: number[], rejected: number[]];

export function chartSeries({ since, until, step_seconds: step, points }: Activity): ChartSeries {
  const byTime = new Map(points.map((point) => [Date.parse(point.at) / 1000, point]));
  const end = Date.parse(until) / 1000;
  const times: number[] = [];
  for (let time = Date.parse(since) / 1000; time <= end; time += step) times.push(time);
  return [
    times,
    times.map((time) => byTime.get(time)?.rows_loaded ?? 0),
    times.map((time) => byTime.get(time)?.rows_rejected ?? 0),
  ];
}
