import { expect, test } from 'vitest';
import { createTurns, type Turns } from './turns.ts';

function takeAll(turns: Turns<string>, mayGo?: (item: string) => boolean): readonly string[] {
  const taken: string[] = [];
  for (let turn = turns.next(mayGo); turn; turn = turns.next(mayGo)) {
    turns.remove(turn.key, turn.item);
    taken.push(turn.item);
  }
  return taken;
}

test('each key has its turn, however many items one of them has', () => {
  const turns = createTurns<string>();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) turns.add(item[0], item);
  expect(turns.size).toBe(6);
  expect(takeAll(turns)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  expect(turns.size).toBe(0);
});

test('who may not go is passed over, and is first again afterwards', () => {
  const turns = createTurns<string>();
  for (const item of ['a1', 'b1', 'b2']) turns.add(item[0], item);
  expect(takeAll(turns, (item) => !item.startsWith('a'))).toEqual(['b1', 'b2']);
  turns.add('b', 'b3');
  expect(takeAll(turns)).toEqual(['a1', 'b3']);
});

test('what was removed has no turn', () => {
  const turns = createTurns<string>();
  turns.add('a', 'a1');
  expect(turns.remove('a', 'a1')).toBe(true);
  expect(turns.remove('a', 'a1')).toBe(false);
  expect(turns.remove('b', 'a1')).toBe(false);
  expect(turns.next()).toBeUndefined();
});
