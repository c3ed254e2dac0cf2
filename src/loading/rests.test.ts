import { describe, expect, test } from 'vitest';
import { LoadFailure } from '../destinations/session.ts';
import type { Destination } from '../model/destination.ts';
import { createRests } from './rests.ts';

const refusal = new LoadFailure('refused', 'The password is wrong.', { remedy: 'Correct it.' });
const outage = new LoadFailure('passing', 'Nobody answers.', { remedy: 'Start it.' });

const aDestination = (parts: Partial<Destination> = {}): Destination => ({
  id: 1,
  accountId: 1,
  uid: 'uid',
  type: 'postgres',
  name: 'Warehouse',
  description: null,
  revision: 1,
  properties: {},
  credentialNames: [],
  createdAt: 0,
  updatedAt: 0,
  deletedAt: null,
  systemPausedAt: null,
  lastCheck: null,
  checkJobName: null,
  ...parts,
});

function aRoom() {
  let time = 0;
  const backoff = {
    firstMilliseconds: 1_000,
    mostMilliseconds: 60_000,
    refusalsBeforeProbes: 5,
    probeMilliseconds: 300_000,
  };
  const clock = { now: () => time, monotonic: () => time };
  const rests = createRests({ clock, backoff, random: () => 0 });
  return { rests, forward: (milliseconds: number) => (time += milliseconds) };
}

describe('a destination that could not be reached', () => {
  test('rests, with all its tables, and says why', () => {
    const { rests, forward } = aRoom();
    expect(rests.ask(aDestination())).toBeNull();
    expect(rests.missed(aDestination(), outage)).toBe(1_000);
    forward(400);
    expect(rests.ask(aDestination())).toEqual({ milliseconds: 600, failure: outage });
    expect(rests.ask(aDestination({ id: 2 }))).toBeNull();
  });

  test('is then tried by one load, while the others wait for what becomes of it', () => {
    const { rests, forward } = aRoom();
    rests.missed(aDestination(), outage);
    forward(1_000);
    expect(rests.ask(aDestination())).toBeNull();
    expect(rests.ask(aDestination())).toMatchObject({ failure: outage });
    rests.reached(aDestination());
    expect(rests.ask(aDestination())).toBeNull();
    expect(rests.ask(aDestination())).toBeNull();
  });

  test('is tried by another load when the first was ended from our side', () => {
    const { rests, forward } = aRoom();
    rests.missed(aDestination(), outage);
    forward(1_000);
    expect(rests.ask(aDestination())).toBeNull();
    rests.gaveUp(aDestination());
    expect(rests.ask(aDestination())).toBeNull();
  });

  test('rests longer each time, but loads that began together count once', () => {
    const { rests, forward } = aRoom();
    rests.missed(aDestination(), outage);
    forward(100);
    expect(rests.missed(aDestination(), outage)).toBe(900);
    forward(900);
    rests.ask(aDestination());
    expect(rests.missed(aDestination(), outage)).toBe(2_000);
  });

  test('that refused us five times gets one probe every five minutes', () => {
    const { rests, forward } = aRoom();
    const rest = () => {
      rests.ask(aDestination());
      const milliseconds = rests.missed(aDestination(), refusal);
      forward(milliseconds);
      return milliseconds / 1_000;
    };
    expect(Array.from({ length: 7 }, rest)).toEqual([1, 2, 4, 8, 300, 300, 300]);
  });

  test('is tried at once with new settings, and after a check that succeeded', () => {
    const check = { name: 'check', revision: 1, error: false, startedAt: 0, completedAt: 0 };
    const { rests } = aRoom();
    rests.missed(aDestination(), refusal);
    expect(rests.ask(aDestination({ lastCheck: { ...check, error: true } }))).not.toBeNull();
    expect(rests.ask(aDestination({ lastCheck: check }))).toBeNull();
    rests.missed(aDestination({ lastCheck: check }), refusal);
    expect(rests.ask(aDestination({ lastCheck: check }))).not.toBeNull();
    expect(rests.ask(aDestination({ lastCheck: check, revision: 2 }))).toBeNull();
  });
});
