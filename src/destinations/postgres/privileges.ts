import { type Finding, StepFailure } from '../finding.ts';
import type { StepScope } from '../steps.ts';
import { postgresFinding, type SessionFacts } from './findings.ts';
import { inRolledBackTransaction } from './in-transaction.ts';
import { quoteQualified } from './quote.ts';
import type { PostgresSession } from './session.ts';

/** What the user may do, as far as the step `write` needs to know. */
export interface Privileges {
  /** May make schemas in the database. */
  readonly createSchemas: boolean;
  /** May make temporary tables. */
  readonly temporary: boolean;
  /** An existing schema that tables may be made in, of those asked for. */
  readonly writableSchema: string | null;
}

const limits = { statement: 4_000, lock: 2_000, idle: 10_000 };
const tablesNamed = 10;

/**
 * The step `privileges`. Every schema that sources load into must exist and be open to us, or be ours to make. A
 * schema that exists is not opened by CREATE on the database.
 */
export async function checkPrivileges(
  session: PostgresSession,
  facts: SessionFacts,
  schemas: readonly string[],
  { signal, passed, warn }: StepScope,
): Promise<Privileges> {
  return await inRolledBackTransaction(session, limits, signal, async () => {
    const database = await databasePrivileges(session, signal);
    const found = await schemaPrivileges(session, schemas, signal);
    const missing = schemas.filter((schema) => !found.some(({ name }) => name === schema));
    const closed = found.filter(({ open }) => !open).map(({ name }) => name);

    const failures: Finding[] = [];
    if (!database.create && (missing.length > 0 || schemas.length === 0))
      failures.push(postgresFinding('create_on_database_missing', { ...facts, schemas: missing }));
    if (closed.length > 0)
      failures.push(postgresFinding('schema_privilege_missing', { ...facts, schemas: closed }));
    if (failures.length > 0) throw new StepFailure(joined(failures));

    const tables = await foreignTables(session, schemas, signal);
    if (tables.length > 0) warn(postgresFinding('table_of_another_owner', { ...facts, tables }));
    if (!database.temporary) warn(postgresFinding('temporary_missing', facts));
    passed(
      schemas.length === 0
        ? `${facts.role} may create schemas in ${facts.database}.`
        : `${facts.role} may create what loading needs in ${schemas.length} ${schemas.length === 1 ? 'schema' : 'schemas'}.`,
    );
    return {
      createSchemas: database.create,
      temporary: database.temporary,
      writableSchema: found[0]?.name ?? null,
    };
  });
}

/** Everything that stands in the way at once, so that one visit to the administrator is enough. */
function joined(findings: readonly Finding[]): Finding {
  return {
    code: findings[0]?.code ?? '',
    message: findings.map(({ message }) => message).join(' '),
    remedy: findings.map(({ remedy }) => remedy).join(' '),
    refused: true,
  };
}

async function databasePrivileges(
  session: PostgresSession,
  signal: AbortSignal,
): Promise<{ create: boolean; temporary: boolean }> {
  const [row] = await session.query<{ create: boolean; temporary: boolean }>(
    `select has_database_privilege(current_database(), 'CREATE') as create,
       has_database_privilege(current_database(), 'TEMPORARY') as temporary`,
    [],
    signal,
  );
  return { create: row?.create === true, temporary: row?.temporary === true };
}

function schemaPrivileges(
  session: PostgresSession,
  schemas: readonly string[],
  signal: AbortSignal,
): Promise<{ name: string; open: boolean }[]> {
  return session.query(
    `select nspname::text as name,
       has_schema_privilege(oid, 'USAGE') and has_schema_privilege(oid, 'CREATE') as open
     from pg_namespace where nspname::text = any ($1::text[]) order by nspname`,
    [schemas],
    signal,
  );
}

/** Tables with the columns of loaded ones, or our own bookkeeping, that belong to a role we are no member of. */
async function foreignTables(
  session: PostgresSession,
  schemas: readonly string[],
  signal: AbortSignal,
): Promise<{ name: string; owner: string }[]> {
  const rows = await session.query<{ schema: string; name: string; owner: string }>(
    `select nspname::text as schema, relname::text as name, pg_get_userbyid(relowner)::text as owner
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where nspname::text = any ($1::text[]) and relkind in ('r', 'p') and not pg_has_role(relowner, 'USAGE')
       and (left(relname::text, 12) = '_backstitch_' or exists (
         select 1 from pg_attribute where attrelid = pg_class.oid and not attisdropped
           and attname in ('_sdc_sequence', '_sdc_batched_at', '_sdc_rejected_at')))
     order by 1, 2 limit ${tablesNamed}`,
    [schemas],
    signal,
  );
  return rows.map(({ schema, name, owner }) => ({ name: quoteQualified(schema, name), owner }));
}
