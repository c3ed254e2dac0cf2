import type { CheckStepEvent } from '@backstitch/client';
import { expect, test } from 'vitest';
import { addStep } from './live-check.ts';

const told = (check_name: string, step_name: string, ended: boolean): CheckStepEvent => ({
  type: 'check.step',
  at: '2026-01-01T00:00:00Z',
  destination_id: 1,
  check_name,
  step_name,
  step: ended
    ? { name: step_name, status: 'passed', milliseconds: 1, message: 'Fine.', remedy: null, code: null }
    : null,
});
const show = (events: readonly CheckStepEvent[]) => {
  const check = events.reduce<ReturnType<typeof addStep> | undefined>(addStep, undefined);
  return { steps: check?.steps.map(({ name }) => name), running: check?.running };
};

test('the steps of a check stand in the order in which they ended, and the one under way is known', () => {
  const events = [told('a', 'resolve', false), told('a', 'resolve', true), told('a', 'connect', false)];
  expect(show(events)).toEqual({ steps: ['resolve'], running: 'connect' });
});

test('what is told twice, or late, changes nothing', () => {
  const events = [told('a', 'resolve', true), told('a', 'resolve', true), told('a', 'resolve', false)];
  expect(show(events)).toEqual({ steps: ['resolve'], running: '' });
});

test('a newer check begins anew', () => {
  expect(show([told('a', 'resolve', true), told('b', 'resolve', false)])).toEqual({
    steps: [],
    running: 'resolve',
  });
});
