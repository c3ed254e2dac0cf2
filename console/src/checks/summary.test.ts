import type { ConnectionCheckWithSteps as Check } from '@backstitch/client';
import { describe, expect, test } from 'vitest';
import { destinationState } from './summary.ts';

const active = { system_paused_at: null };
const check = (minute: number, status: Check['status'], origin: Check['origin'] = 'requested') => ({
  status,
  origin,
  start_time: `2026-01-01T00:0${minute}:00Z`,
});

describe('a destination', () => {
  test.each([
    ['that was never checked is said to be so', [], 'Not checked yet', null],
    [
      'whose last check succeeded is connected',
      [check(2, 'succeeded'), check(1, 'failed')],
      'Connected',
      null,
    ],
    ['that is being checked is said to be so', [check(2, 'running'), check(1, 'failed')], 'Checking', null],
    [
      'fails since the first failed check after the last one that succeeded',
      [check(4, 'failed'), check(3, 'superseded'), check(2, 'failed'), check(1, 'succeeded')],
      'Failing',
      '2026-01-01T00:02:00Z',
    ],
    [
      'is not said to fail because settings failed that were refused',
      [check(2, 'failed', 'strict'), check(1, 'succeeded')],
      'Connected',
      null,
    ],
  ] as const)('%s', (_sentence, checks, text, since) => {
    expect(destinationState(active, checks)).toMatchObject({ text, since });
  });

  test('that refuses us is not merely failing', () => {
    const paused = { system_paused_at: '2026-01-01T00:00:00Z' };
    expect(destinationState(paused, [check(1, 'failed')]).text).toBe('Refuses us');
  });
});
