import { StepFailure } from '../finding.ts';
import type { StepScope } from '../steps.ts';
import { postgresFinding, type SessionFacts } from './findings.ts';
import type { PostgresSession } from './session.ts';

/** The step `version`: is it a PostgreSQL that loading can use, and may it be written to? Says who we are there. */
export async function checkVersion(
  session: PostgresSession,
  { signal, passed, warn }: StepScope,
): Promise<SessionFacts> {
  const [about] = await session.query<{ version: string }>('select version()', [], signal);
  const version = about?.version ?? '';
  const product = otherProduct(version);
  if (product) throw new StepFailure(postgresFinding('other_product', product));
  const number = /^PostgreSQL ([\d.]+)/.exec(version)?.[1] ?? version.slice(0, 60);
  if (isTooOld(number)) throw new StepFailure(postgresFinding('version_too_old', { version: number }));

  const [state] = await session.query<{
    role: string;
    database: string;
    standby: boolean;
    read_only: boolean;
    encoding: string;
  }>(
    `select current_user::text as role, current_database()::text as database, pg_is_in_recovery() as standby,
       current_setting('transaction_read_only') = 'on' as read_only,
       current_setting('server_encoding') as encoding`,
    [],
    signal,
  );
  if (state === undefined) throw new StepFailure(postgresFinding('statement_failed', { said: '' }));
  const { role, database, standby, read_only: readOnly, encoding } = state;
  if (standby || readOnly)
    throw new StepFailure(postgresFinding('read_only_server', { role, database, standby }));
  passed(`PostgreSQL ${number}.`);
  if (encoding !== 'UTF8') warn(postgresFinding('encoding_not_utf8', { encoding }));
  return { role, database };
}

/** Products that speak the protocol but lack what loading needs; those built on PostgreSQL itself are fine. */
function otherProduct(version: string): { product: string; type: string | null } | null {
  if (/\bRedshift\b/.test(version)) return { product: 'Amazon Redshift', type: 'redshift' };
  const product = /\b(CockroachDB|Materialize|CrateDB|QuestDB|RisingWave|Greenplum|H2)\b/.exec(version)?.[1];
  if (product) return { product, type: null };
  return /^PostgreSQL \d/.test(version) ? null : { product: version.slice(0, 60), type: null };
}

/** Before version 10 the first two numbers together made the major version. */
function isTooOld(number: string): boolean {
  const [major = 0, minor = 0] = number.split('.').map(Number);
  return major < 9 || (major === 9 && minor < 6);
}
