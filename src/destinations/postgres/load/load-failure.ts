import { NetworkError } from '../../../network/network.ts';
import { StepFailure } from '../../finding.ts';
import { LoadFailure } from '../../session.ts';
import { type QueryFacts, queryFailure } from '../query-failure.ts';
import { quoteIdentifier } from '../quote.ts';
import { isServerError, type ServerError, serverWords } from '../server-words.ts';

/**
 * What an error of a load means, in the words that checks use for it. Errors that nothing outside can cause are given
 * back as they are. A code of class 22 or 23 tells that it is the value of some record that the server does not take.
 */
export function loadFailure(error: unknown, facts: QueryFacts | null, password: string): unknown {
  if (error instanceof LoadFailure) return error;
  if (error instanceof NetworkError)
    return new LoadFailure('passing', `The connection was lost: ${error.message}`, {
      remedy: 'Nothing has to be done: the load is repeated.',
      code: error.reason,
      cause: error,
    });
  if (facts !== null && isServerError(error) && isOfRecord(error))
    return new LoadFailure('passing', `The server refused a record: ${serverWords(error, password)}.`, {
      remedy: 'The record is found and rejected.',
      code: error.code === raised ? '23000' : error.code,
      cause: error,
    });
  const failure = facts === null ? error : queryFailure(error, facts, password);
  if (!(failure instanceof StepFailure)) return failure;
  const { message, remedy, refused, code } = failure.finding;
  return new LoadFailure(kindOf(refused === true, facts !== null), message, {
    remedy,
    code: isServerError(failure.cause) ? failure.cause.code : code,
    cause: failure.cause,
  });
}

/** What a trigger raises that does not say what it is. */
const raised = 'P0001';

/**
 * A value that a column does not take, a constraint, a trigger that refuses; not two of us who make the same table, or
 * the same line of our bookkeeping.
 */
const isOfRecord = ({ code, schema, table }: ServerError): boolean =>
  code === raised ||
  (/^2[23]/.test(code) && schema !== 'pg_catalog' && table?.startsWith('_backstitch_') !== true);

/** Once we are signed in, it is this table alone that lacks a privilege. */
const kindOf = (isRefused: boolean, isSignedIn: boolean): LoadFailure['kind'] =>
  isRefused ? (isSignedIn ? 'blocked' : 'refused') : 'passing';

/** A table that we may not alter. */
export interface ForeignTable {
  /** Quoted and qualified. */
  readonly table: string;
  readonly owner: string;
}

/** Some tables belong to another role: all of them at once, so that one visit to the administrator is enough. */
export const foreignOwners = (tables: readonly ForeignTable[], role: string): LoadFailure =>
  new LoadFailure(
    'blocked',
    `No rows are loaded, because ${tables.map(({ table, owner }) => `the table ${table} belongs to the role ${quoteIdentifier(owner)}`).join(' and ')}.`,
    {
      remedy: `Run as an administrator: ${tables.map(({ table }) => `ALTER TABLE ${table} OWNER TO ${quoteIdentifier(role)};`).join(' ')}`,
      code: '42501',
    },
  );

/** A sequence of errors that a fresh look at the catalog may end: somebody altered what was remembered. */
export const isOutdated = (error: unknown): boolean =>
  isServerError(error) &&
  ['42P01', '42703', '42P10', '42704', '42804', '3F000', '0A000', '26000', '42P07', '42701'].includes(
    error.code,
  );
