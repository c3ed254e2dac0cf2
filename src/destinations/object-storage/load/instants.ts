import type { Int64 } from '../../../shape/shape.ts';

let lastMicros: Int64 | null = null;
let lastText = '';

/**
 * Microseconds since 1970 as `2018-02-06T15:36:36.000000Z`: always as long, so that texts are in the order of times.
 * Most rows share their times, so the last one is remembered.
 */
export function renderInstant(micros: Int64): string {
  if (micros === lastMicros) return lastText;
  const [whole, part] =
    typeof micros === 'number'
      ? [Math.floor(micros / 1000), ((micros % 1000) + 1000) % 1000]
      : [Number(micros / 1000n), Number(micros % 1000n)];
  const text = new Date(whole).toISOString();
  lastMicros = micros;
  lastText = `${text.slice(0, -1)}${String(part).padStart(3, '0')}Z`;
  return lastText;
}
