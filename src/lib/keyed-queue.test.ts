import { expect, test } from 'vitest';
import { createKeyedQueue } from './keyed-queue.ts';

test('tasks of one key run one after another, in order', async () => {
  const queue = createKeyedQueue();
  const events: string[] = [];
  const task = (name: string) => async () => {
    events.push(`${name} begins`);
    await Promise.resolve();
    events.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all(['a', 'b', 'c'].map((name) => queue.run('key', task(name))));
  expect(results).toEqual(['a', 'b', 'c']);
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('a task of another key does not wait', async () => {
  const queue = createKeyedQueue();
  const gate = Promise.withResolvers<void>();
  const waiting = queue.run('one', () => gate.promise);
  expect(await queue.run('other', async () => 'done')).toBe('done');
  gate.resolve();
  await waiting;
});

test('a task that fails tells its caller and lets the next one run', async () => {
  const queue = createKeyedQueue();
  const failing = queue.run('key', async () => {
    throw new Error('first');
  });
  const next = queue.run('key', async () => 'second');
  await expect(failing).rejects.toThrow('first');
  expect(await next).toBe('second');
});
