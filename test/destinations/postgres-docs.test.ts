import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { properties, runCheck } from '../support/run-check.ts';

/** The SQL blocks of the page, in order. */
const blocks = [...readFileSync('docs/destinations/postgres.md', 'utf8').matchAll(/```sql\n(.*?)```/gs)].map(
  ([, sql]) => sql ?? '',
);

test.each([
  ['that may make schemas', blocks[0], []],
  ['that is given its schema', blocks[1], ['shop']],
])('the SQL for a user %s is what the check asks for, without a warning', async (_, sql, schemas) => {
  await using db = await createTestDatabase();
  // Nothing that everybody has by default may be what makes it work.
  await db.admin(
    `revoke all on database ${db.database} from public; revoke all on schema public from public`,
  );
  const loader = `backstitch_${db.database}`;
  const mine = sql!.replaceAll('backstitch', loader).replaceAll('warehouse', db.database);
  await db.admin(mine);
  const check = await runCheck(
    properties(db, { username: loader, password: 'choose-a-long-one', database: db.database }),
    { schemas },
  );
  expect(check.failure).toBeNull();
  expect(check.codes).toEqual({});
  await db.admin(`drop owned by ${loader}; drop role ${loader}`);
});

test('the SQL of a second user lets it load the tables of the first, which keeps them', async () => {
  const [sql] = [...readFileSync('docs/rotating-a-password.md', 'utf8').matchAll(/```sql\n(.*?)```/gs)];
  await using db = await createTestDatabase();
  const first = `backstitch_${db.database}`;
  const named = (text: string) => text.replaceAll('backstitch', first).replaceAll('warehouse', db.database);
  await db.admin(named(blocks[0]!));
  await db.admin(`set role ${first}; create schema shop; create table shop.orders (id bigint)`);
  await db.admin(named(sql![1]!));

  const settings = { username: `${first}_b`, password: 'a-new-long-one', database: db.database };
  const check = await runCheck(properties(db, settings), { schemas: ['shop'] });
  expect(check.failure).toBeNull();
  expect(check.codes).toEqual({});
  await db.admin(`alter role ${first} password null`);
  const after = await runCheck(properties(db, settings), { schemas: ['shop'] });
  expect(after.failure).toBeNull();
  await db.admin(`drop owned by ${first}; drop role ${first}_b; drop role ${first}`);
});
