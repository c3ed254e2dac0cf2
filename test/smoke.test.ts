import { expect, test } from 'vitest';
import { createTestDatabase } from './support/database.ts';

test('up', async () => {
  await using db = await createTestDatabase();
  expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
});
