import { expect, test } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { sealAnew } from './seal-anew.ts';

const retired = () => new Failure('SecretUnreadable', 'Retired.', { data: { retired: true } });

test('what was sealed with a retired key is sealed and stored again', async () => {
  let calls = 0;
  const stored = await sealAnew(async () => {
    calls++;
    if (calls === 1) throw retired();
    return 'stored';
  });
  expect([stored, calls]).toEqual(['stored', 2]);
});

test('a key that is retired again and again is the caller’s to know', async () => {
  await expect(
    sealAnew(async () => {
      throw retired();
    }),
  ).rejects.toMatchObject({ code: 'SecretUnreadable' });
});

test('any other failure is not repeated', async () => {
  let calls = 0;
  const attempt = sealAnew(async () => {
    calls++;
    throw new Failure('SecretUnreadable');
  });
  await expect(attempt).rejects.toThrow(Failure);
  expect(calls).toBe(1);
});
