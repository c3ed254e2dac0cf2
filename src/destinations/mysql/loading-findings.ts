import { renderEndpoint as at, type FindingKind } from '../finding.ts';
import type { Endpoint } from '../findings.ts';
import { quoteIdentifier } from './quote.ts';

/** Signed in; what the server calls us: `'loader'@'%'`, fit to stand in a GRANT. */
export interface SessionFacts {
  readonly account: string;
}

interface Said {
  readonly said: string;
}

interface Timed {
  readonly seconds: number;
}

const quoted = (said: string): string => (said === '' ? '' : ` The server says: ${said}`);

/** What loading needs on a schema. */
export const neededPrivileges = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP'] as const;
/** What makes it faster. */
export const usefulPrivilege = 'CREATE TEMPORARY TABLES';

const grant = (place: string, account: string): string =>
  `GRANT ${[...neededPrivileges, usefulPrivilege].join(', ')} ON ${place} TO ${account};`;
/** Underscores and percent signs are wildcards where privileges are granted. */
const schemaPlace = (schema: string): string => `${quoteIdentifier(schema.replace(/[_%\\]/g, '\\$&'))}.*`;

/** What can go wrong once we are signed in. */
export const loadingFindings = {
  version_too_old: {
    when: 'The server is older than MySQL 5.7 or MariaDB 10.5.',
    message: (to) =>
      `The server is ${to.product} ${to.version}; loading needs MySQL 5.7 or MariaDB 10.5, or newer.`,
    remedy: () => 'Upgrade the server.',
  } satisfies FindingKind<{ product: string; version: string }>,
  version_best_effort: {
    when: 'The server is MySQL 5.7 or MariaDB 10.5, which loading is not tested with.',
    message: (to) => `The server is ${to.product} ${to.version}, which is past its end of life.`,
    remedy: () =>
      'Loading usually works; keys that differ only in spaces at their end are one key on MySQL 5.7. Upgrade to MySQL 8 or MariaDB 10.6.',
  } satisfies FindingKind<{ product: string; version: string }>,
  read_only_server: {
    when: 'The server takes no changes: a replica, or read-only by its settings.',
    message: (to) => `The server takes no changes (read_only is on).${quoted(to.said)}`,
    remedy: () =>
      'Set host to the primary server, or run as an administrator: SET GLOBAL read_only = OFF; (MySQL also: SET GLOBAL super_read_only = OFF;). Managed servers also do this when their disk is full.',
  } satisfies FindingKind<Said>,
  local_infile_off: {
    when: 'The server forbids LOAD DATA LOCAL; loads then send their rows as INSERT statements.',
    message: () => 'The server forbids LOAD DATA LOCAL (local_infile is off); loading is slower without.',
    remedy: () =>
      'Run as an administrator: SET GLOBAL local_infile = ON; and set local_infile=1 in the configuration, so that it stays.',
  } satisfies FindingKind<object>,
  keys_pad_spaces: {
    when: 'The server has no binary collation that tells keys apart which differ only in spaces at their end.',
    message: () => 'On this server, keys that differ only in spaces at their end are one key.',
    remedy: () => 'Upgrade to MySQL 8 or MariaDB 10.6.',
  } satisfies FindingKind<object>,
  privileges_missing: {
    when: 'The user lacks privileges on the schemas that data goes into.',
    message: (to) =>
      to.schemas.length === 0
        ? `${to.account} lacks ${to.missing.join(', ')}, so that it cannot make schemas for sources.`
        : `${to.account} lacks ${to.missing.join(', ')} on ${to.schemas.map(quoteIdentifier).join(', ')}.`,
    remedy: (to) =>
      `Run as an administrator: ${(to.schemas.length === 0 ? ['*.*'] : to.schemas.map(schemaPlace)).map((place) => grant(place, to.account)).join(' ')}`,
    refused: true,
  } satisfies FindingKind<SessionFacts & { schemas: readonly string[]; missing: readonly string[] }>,
  temporary_missing: {
    when: 'The user may not create temporary tables; loads then stage rows in tables of their own.',
    message: (to) => `${to.account} may not create temporary tables; loading is slower without.`,
    remedy: (to) => `Run as an administrator: GRANT ${usefulPrivilege} ON *.* TO ${to.account};`,
  } satisfies FindingKind<SessionFacts>,
  permission_denied: {
    when: 'The server refused a statement for lack of a privilege.',
    message: (to) => `The server refused a statement for lack of a privilege.${quoted(to.said)}`,
    remedy: (to) => `Run as an administrator: ${grant('*.*', to.account)} or the same ON the schema alone.`,
    refused: true,
  } satisfies FindingKind<SessionFacts & Said>,
  disk_full: {
    when: 'The disk of the server is full.',
    message: (to) => `The server has no disk space left.${quoted(to.said)}`,
    remedy: () => 'Free space on the disk of the server, or make it larger.',
  } satisfies FindingKind<Said>,
  out_of_resources: {
    when: 'The server ran out of memory or another of its limits.',
    message: (to) => `The server has reached one of its limits.${quoted(to.said)}`,
    remedy: () => 'Raise the limit that the server names, or lower what else runs on it.',
  } satisfies FindingKind<Said>,
  blocked_by_lock: {
    when: 'A lock that somebody else holds was not given up in time.',
    message: (to) => `Another session holds a lock that loading needs.${quoted(to.said)}`,
    remedy: () =>
      'Find it with SHOW FULL PROCESSLIST; or SELECT * FROM sys.schema_table_lock_waits; and end it with KILL.',
  } satisfies FindingKind<Said>,
  statement_too_slow: {
    when: 'The server ended a statement because it took too long, or somebody killed it.',
    message: (to) => `A statement was ended by the server.${quoted(to.said)}`,
    remedy: () =>
      'The server is overloaded, or max_statement_time or max_execution_time is set too low for this user.',
  } satisfies FindingKind<Said>,
  connection_lost: {
    when: 'The connection broke after signing in.',
    message: (to) => `The connection to ${at(to)} was lost.${quoted(to.said)}`,
    remedy: () =>
      'The server, a proxy or something in between ended it: its error log names the reason. Check again.',
  } satisfies FindingKind<Endpoint & Said>,
  no_answer: {
    when: 'The server stopped answering in the middle of the check.',
    message: (to) => `${at(to)} did not answer within ${to.seconds} seconds. What was begun has been killed.`,
    remedy: () =>
      'The server is hung or overloaded, waits for a lock, or something in between swallows what is sent.',
  } satisfies FindingKind<Endpoint & Timed>,
  rows_not_as_written: {
    when: 'The rows that were read back differ from those that were loaded.',
    message: () => 'The rows that were read back differ from those that were loaded.',
    remedy: () => 'Look for triggers, or for a proxy that changes statements on their way.',
  } satisfies FindingKind<object>,
  leftovers_not_removed: {
    when: 'What the check made could not be removed again.',
    message: (to) => `The check could not remove ${to.made}.${quoted(to.said)}`,
    remedy: (to) => `Run as an administrator: ${to.statement};`,
  } satisfies FindingKind<Said & { made: string; statement: string }>,
  statement_failed: {
    when: 'A statement failed for another reason; the words of the server are quoted.',
    message: (to) => `A statement failed.${quoted(to.said)}`,
    remedy: () => "The server's error log usually says more.",
  } satisfies FindingKind<Said>,
};
