import { checkPlan, checkPostgres } from '../../src/destinations/postgres/check.ts';
import { resolveSettings } from '../../src/destinations/postgres/settings.ts';
import type { Properties } from '../../src/model/form.ts';
import type { TestDatabase } from './database.ts';
import { type CheckOptions, type ObservedCheck, observeCheck } from './observe-check.ts';

/** Names of what checks have left behind in a database: nothing, ever. */
export const leftovers = (db: TestDatabase) =>
  db.admin(
    `select nspname::text as name from pg_namespace where nspname like '%backstitch%'
     union all select relname from pg_class where relname like '%backstitch%'`,
  );

/** Properties of a PostgreSQL in v4's form; the password is whatever the test says. */
export const properties = (
  server: { readonly host: string; readonly port: number },
  rest: Properties = {},
): Properties => ({
  host: server.host,
  port: String(server.port),
  username: 'postgres',
  password: 'postgres',
  database: 'postgres',
  ssl: 'false',
  encryption_type: 'none',
  ...rest,
});

/** Runs a whole check of a PostgreSQL as the server does. */
export async function runCheck(given: Properties, options: CheckOptions = {}): Promise<ObservedCheck> {
  const settings = resolveSettings(given);
  return await observeCheck(
    { plan: checkPlan(settings), check: (context, plan) => checkPostgres(settings, context, plan) },
    options,
  );
}
