import { expect, test } from 'vitest';
import { createParseRoom } from './parse-room.ts';

const megabyte = 1024 * 1024;
const { signal: never } = new AbortController();

/** Enters, and says whether it had to wait. */
function enter(room: ReturnType<typeof createParseRoom>, bytes: number, signal = never) {
  const entry = { isIn: false, done: room.enter(bytes, signal) };
  entry.done.then(
    () => (entry.isIn = true),
    () => {},
  );
  return entry;
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('lets in as many bytes as there is room for, then waits, in the order of arrival', async () => {
  const room = createParseRoom({ bytes: 10 * megabyte });
  const first = enter(room, 6 * megabyte);
  const second = enter(room, 6 * megabyte);
  const third = enter(room, megabyte);
  await settle();
  expect([first.isIn, second.isIn, third.isIn]).toEqual([true, false, false]);
  (await first.done)[Symbol.dispose]();
  await settle();
  expect([second.isIn, third.isIn]).toEqual([true, true]);
});

test('small bodies never wait', async () => {
  const room = createParseRoom({ bytes: megabyte });
  await room.enter(megabyte, never);
  await room.enter(1_000, never);
});

test('a body that is larger than the room gets in alone', async () => {
  const room = createParseRoom({ bytes: megabyte });
  const small = enter(room, megabyte);
  const large = enter(room, 20 * megabyte);
  await settle();
  expect(large.isIn).toBe(false);
  (await small.done)[Symbol.dispose]();
  await large.done;
});

test('who stops waiting leaves the queue', async () => {
  const room = createParseRoom({ bytes: megabyte });
  const inside = await room.enter(megabyte, never);
  const giveUp = new AbortController();
  const waiting = enter(room, megabyte, giveUp.signal);
  const behind = enter(room, megabyte);
  giveUp.abort(new Error('stopped'));
  await expect(waiting.done).rejects.toThrow('stopped');
  inside[Symbol.dispose]();
  inside[Symbol.dispose]();
  await behind.done;
});
