import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Activity } from '@backstitch/client';
import { renderCount, renderQuantity } from '../elements/quantity.ts';
import { chartSeries } from './chart-series.ts';

/** Rows loaded and rejected over time. What it shows stands in words for those who cannot see it. */
export function LoadChart({ activity }: { readonly activity: Activity }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const series = chartSeries(activity);
  const latest = useRef(series);
  latest.current = series;

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = () => {
      chart.current?.destroy();
      chart.current = new uPlot(
        chartOptions(element),
        latest.current as [number[], number[], number[]],
        element,
      );
    };
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== chart.current?.width) draw();
    });
    observer.observe(element);
    // Colours are read from the page, which may change its theme.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      observer.disconnect();
      theme.disconnect();
      scheme.removeEventListener('change', draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);
  useEffect(() => chart.current?.setData(series as [number[], number[], number[]]), [series]);

  const loaded = series[1].reduce((sum, rows) => sum + rows, 0);
  const rejected = series[2].reduce((sum, rows) => sum + rows, 0);
  const words = `${renderQuantity(loaded, 'row')} loaded and ${renderQuantity(rejected, 'record')} rejected, the most in one step ${renderCount(Math.max(...series[1]))}.`;
  return (
    <figure className="chart">
      <div ref={place} role="img" aria-label={words} />
      <figcaption>
        <span data-series="loaded">loaded</span>
        <span data-series="rejected">rejected</span>
        <span className="quiet">per {renderStep(activity.step_seconds)}</span>
      </figcaption>
    </figure>
  );
}

function renderStep(seconds: number): string {
  if (seconds < 60) return renderQuantity(seconds, 'second');
  if (seconds < 3600) return renderQuantity(seconds / 60, 'minute');
  return renderQuantity(seconds / 3600, 'hour');
}

function chartOptions(element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  // Where the legend has them: variables keep the colours of both themes.
  const colorOf = (name: string) =>
    getComputedStyle(element.parentElement?.querySelector(`[data-series="${name}"]`) ?? element).color;
  const bars = uPlot.paths.bars?.({ size: [0.8, 32] });
  const axis: uPlot.Axis = {
    stroke: style.color,
    font: `12px ${style.fontFamily}`,
    grid: { stroke: style.borderTopColor, width: 1 },
    ticks: { show: false },
  };
  const series = (label: string, fill: string): uPlot.Series => ({
    label,
    fill,
    stroke: fill,
    width: 0,
    points: { show: false },
    ...(bars && { paths: bars }),
  });
  return {
    width: Math.max(200, Math.floor(element.clientWidth)),
    height: 200,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(high * 1.1, 4)] } },
    axes: [
      { ...axis, values: (_chart, ticks) => renderTicks(ticks) },
      { ...axis, size: 56, values: (_chart, ticks) => ticks.map((tick) => renderCount(tick)) },
    ],
    series: [{}, series('loaded', colorOf('loaded')), series('rejected', colorOf('rejected'))],
  };
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const precise = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** Seconds since 1970 in as many words as tell them apart. */
function renderTicks(ticks: readonly number[]): string[] {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const isDay = (date: Date) => date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  return ticks.map((tick) => {
    const date = new Date(tick * 1000);
    if (isDay(date)) return day.format(date);
    return (step < 60 ? precise : clock).format(date);
  });
}
