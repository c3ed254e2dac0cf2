import { StepFailure } from '../finding.ts';
import type { StepScope } from '../steps.ts';
import { mysqlFinding } from './findings.ts';
import { neededPrivileges, usefulPrivilege } from './loading-findings.ts';
import type { MysqlSession } from './session.ts';
import type { ServerFacts } from './version.ts';

/** What the user may do, as far as the step `write` needs to know. */
export interface Privileges {
  /** May make temporary tables in the schemas asked for. */
  readonly temporary: boolean;
  /** A schema that may be used; null: any may be made. */
  readonly schema: string | null;
}

/** One line of SHOW GRANTS. */
interface Grant {
  readonly privileges: ReadonlySet<string>;
  /** Null: all schemas. Otherwise a pattern as LIKE has them. */
  readonly schemaPattern: string | null;
}

/**
 * The step `privileges`. Every schema that sources load into must be covered by what the user is granted; without any
 * source, all schemas. Privileges that come through roles are not listed: then the step `write` decides.
 */
export async function checkPrivileges(
  session: MysqlSession,
  server: ServerFacts,
  schemas: readonly string[],
  { signal, passed, warn }: StepScope,
): Promise<Privileges> {
  const lines = (await session.query('show grants', signal)).map((row) => Object.values(row)[0] ?? '');
  const grants = lines.flatMap((line) => parseGrant(line) ?? []);
  const hasRoles = lines.some((line) => /^GRANT [^ ]+ TO /.test(line));

  const wanted = schemas.length === 0 ? [null] : schemas;
  const closed = wanted.filter((schema) => missingOn(grants, schema).length > 0);
  if (closed.length > 0 && !hasRoles)
    throw new StepFailure(
      mysqlFinding('privileges_missing', {
        account: server.account,
        schemas: closed.filter((schema) => schema !== null),
        missing: neededPrivileges.filter((name) =>
          closed.some((schema) => missingOn(grants, schema).includes(name)),
        ),
      }),
    );
  const temporary = hasRoles || wanted.every((schema) => holds(grants, schema, usefulPrivilege));
  if (!temporary) warn(mysqlFinding('temporary_missing', { account: server.account }));
  passed(
    schemas.length === 0
      ? `${server.account} may create schemas.`
      : `${server.account} may create what loading needs in ${schemas.length} ${schemas.length === 1 ? 'schema' : 'schemas'}.`,
  );
  const isOpen = missingOn(grants, null).length === 0;
  return { temporary, schema: isOpen ? null : (schemas[0] ?? null) };
}

const missingOn = (grants: readonly Grant[], schema: string | null): string[] =>
  neededPrivileges.filter((name) => !holds(grants, schema, name));

const holds = (grants: readonly Grant[], schema: string | null, privilege: string): boolean =>
  grants.some(
    ({ privileges, schemaPattern }) =>
      (schemaPattern === null || (schema !== null && matches(schema, schemaPattern))) &&
      (privileges.has(privilege) || privileges.has('ALL PRIVILEGES')),
  );

/** Null for lines about routines, proxies, single tables and roles. */
function parseGrant(line: string): Grant | null {
  const found = /^GRANT (.+?) ON (?:TABLE )?(\*|`(?:[^`]|``)+`)\.\* TO /.exec(line);
  if (!found) return null;
  const [, names = '', place = ''] = found;
  return {
    privileges: new Set(names.split(',').map((name) => name.trim().toUpperCase())),
    schemaPattern: place === '*' ? null : place.slice(1, -1).replaceAll('``', '`'),
  };
}

/** `_` is any character, `%` any text, a backslash takes their meaning away. */
function matches(schema: string, pattern: string): boolean {
  const source = pattern.replace(/\\?[\s\S]/g, (part) => {
    if (part === '_') return '.';
    if (part === '%') return '.*';
    return part.replace(/^\\(?=.)/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's').test(schema);
}
