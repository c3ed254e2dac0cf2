import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOriginal } from '../../src/cli/migrate/original.ts';
import { readOriginal } from '../../src/cli/migrate/read-original.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import {
  aStitchDestination,
  aStitchSource,
  aStitchTap,
  type FakeStitch,
  startFakeStitch,
} from '../support/fake-stitch.ts';

const token = 'ac_token_of_the_account_that_is_read_0123456789';
let stitch: FakeStitch;
beforeAll(async () => {
  stitch = await startFakeStitch(token);
});
afterAll(async () => {
  await stitch[Symbol.asyncDispose]();
});
beforeEach(() => {
  Object.assign(stitch, { pageSize: null });
  Object.assign(stitch.holds, { destinations: [aStitchDestination()], sources: [], mapping: {} });
  stitch.next.length = 0;
  stitch.asked.length = 0;
});

interface Options {
  readonly from?: string;
  readonly policy?: 'private' | 'public';
  readonly token?: string;
}
/** Reads without resting; how long it would have rested stands in `rests`. */
function reading({ from = stitch.origin, policy = 'private', token: given = token }: Options = {}) {
  const rests: number[] = [];
  const original = createOriginal({
    network: createNetwork({ policy, allow: [], egressAddresses: [] }),
    from: new URL(from),
    token: given,
    pause: async (milliseconds) => void rests.push(milliseconds),
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    onRetry: () => {},
  });
  return { rests, read: async () => await readOriginal(original) };
}

describe('an account is read', () => {
  test('with what its sources are mapped to, which the source objects do not say', async () => {
    stitch.holds.sources = [
      aStitchSource(),
      aStitchSource({ id: 119_946, destination_id: 7 }),
      aStitchSource({ id: 119_947, deleted_at: '2019-05-01T00:00:00Z' }),
      aStitchTap({ paused_at: '2019-05-01T00:00:00Z' }),
    ];
    stitch.holds.mapping = { 119945: 155_582 };
    const { clientId, destinations, sources, deleted } = await reading().read();
    expect({ clientId, deleted }).toEqual({ clientId: 116_078, deleted: 1 });
    expect(destinations).toMatchObject([
      { id: 155_582, name: 'Staging', credentials: ['password'], isPaused: false },
    ]);
    expect(sources).toMatchObject([
      { id: 119_945, destinationId: 155_582, tokens: 1, isPaused: false },
      { id: 119_946, destinationId: 7 },
      { id: 120_643, type: 'platform.adwords', tokens: null, isPaused: true },
    ]);
    expect(stitch.asked.filter((one) => one.includes('120643'))).toEqual([]);
  });

  test('over all pages, where there are pages', async () => {
    Object.assign(stitch, { pageSize: 2 });
    stitch.holds.sources = [1, 2, 3, 4, 5].map((id) => aStitchTap({ id }));
    expect((await reading().read()).sources.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  });

  test('after the rests that it asks for, and others where it says nothing', async () => {
    stitch.next.push(
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' } },
      { status: 500 },
    );
    const { rests, read } = reading();
    expect((await read()).destinations).toHaveLength(1);
    expect(rests).toEqual([7000, 9000, 4000]);
  });
});

describe('an account is not read', () => {
  test('when five answers in a row are none', async () => {
    stitch.next.push(...Array.from({ length: 5 }, () => ({ status: 502 })));
    const { rests, read } = reading();
    await expect(read()).rejects.toMatchObject({ code: 'MigrationFailed', message: /asked 5 times.*502/ });
    expect(rests).toEqual([1000, 2000, 4000, 8000]);
  });

  test('when it wants to be left alone for longer than a minute', async () => {
    stitch.next.push({ status: 429, headers: { 'retry-after': '600' } });
    const { rests, read } = reading();
    await expect(read()).rejects.toMatchObject({ message: /left alone for 600 seconds/ });
    expect(rests).toEqual([]);
  });

  test('with a token that it does not take, which is said to nobody', async () => {
    const failed = await reading({ token: 'ac_revoked' })
      .read()
      .catch((error) => error);
    expect(failed).toMatchObject({ message: /does not take the token \(401\)/, remedy: /access token/ });
    expect(JSON.stringify([failed, failed.message])).not.toContain('ac_revoked');
    expect(stitch.asked).toHaveLength(1);
  });

  const others = [
    ['has another page there', { status: 200, body: '<html>' }, /answered 200 and no JSON/],
    ['answers with something else', { status: 200, body: '{"a":1}' }, /no list of objects/],
    ['lists things without ids', { status: 200, body: '[{"type":"postgres"}]' }, /has no id/],
    ['has no such path', { status: 404, body: '{}' }, /answered 404/],
    [
      'sends elsewhere',
      { status: 302, headers: { location: 'https://evil.example/' } },
      /sends elsewhere, to https:\/\/evil/,
    ],
  ] as const;
  test.each(others)('from a server that %s', async (_, answer, message) => {
    stitch.next.push(answer);
    await expect(reading().read()).rejects.toMatchObject({ message, remedy: /--from/ });
    expect(stitch.asked).toHaveLength(1);
  });

  test('from where nothing listens, or where the token could be read on the way or must not go', async () => {
    await using secure = await startFakeStitch(token, { tls: true });
    const refused = [
      [{ from: 'http://127.0.0.1:1' }, /refused the connection/],
      [{ from: 'http://192.0.2.1' }, /http would carry the token/],
      [{ policy: 'public' }, /network policy "public"/],
      [{ from: secure.origin }, /certificate/],
      [{ from: 'https://169.254.169.254' }, /network policy/],
    ] as const;
    for (const [options, message] of refused)
      await expect(reading(options).read()).rejects.toMatchObject({ code: 'MigrationFailed', message });
    expect([...stitch.asked, ...secure.asked]).toEqual([]);
  });
});
