import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkMysql, checkPlan } from '../../src/destinations/mysql/check.ts';
import { resolveSettings } from '../../src/destinations/mysql/settings.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { observeCheck } from '../support/observe-check.ts';

let server: TestMariadb;
beforeAll(async () => {
  server = await startMariadb();
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

/** The SQL blocks of the page, in order. */
const blocks = [...readFileSync('docs/destinations/mysql.md', 'utf8').matchAll(/```sql\n(.*?)```/gs)].map(
  ([, sql]) => sql ?? '',
);

test.each([
  ['that may make schemas', blocks[0], []],
  ['that is given its schema', blocks[1], ['my_shop']],
])('the SQL for a user %s is what the check asks for, without a warning', async (_, sql, schemas) => {
  for (const statement of (sql ?? '').split(';')) if (statement.trim() !== '') await server.admin(statement);
  const settings = resolveSettings({
    host: server.host,
    port: String(server.port),
    username: 'backstitch',
    password: 'choose-a-long-one',
  });
  const check = await observeCheck(
    { plan: checkPlan(settings), check: (context, plan) => checkMysql(settings, context, plan) },
    { schemas },
  );
  expect(check.failure).toBeNull();
  expect(check.codes).toEqual({});
  await server.admin("drop user 'backstitch'@'%'");
});
