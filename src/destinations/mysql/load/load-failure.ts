import { NetworkError } from '../../../network/network.ts';
import { StepFailure } from '../../finding.ts';
import { LoadFailure } from '../../session.ts';
import { type QueryFacts, queryFailure } from '../query-failure.ts';
import { isServerError, type ServerError, serverWords } from '../server-words.ts';
import type { Target } from './merge.ts';

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
  if (facts !== null && isServerError(error) && stateOf(error).startsWith('2'))
    return new LoadFailure('passing', `The server refused a record: ${serverWords(error, password)}.`, {
      remedy: 'The record is found and rejected.',
      code: stateOf(error),
      cause: error,
    });
  const failure = facts === null ? error : queryFailure(error, facts, password);
  if (!(failure instanceof StepFailure)) return failure;
  const { message, remedy, refused, code } = failure.finding;
  // Once we are signed in, it is this table alone that lacks a privilege.
  const kind = refused ? (facts === null ? 'refused' : 'blocked') : 'passing';
  return new LoadFailure(kind, message, {
    remedy,
    code: isServerError(failure.cause) ? stateOf(failure.cause) : code,
    cause: failure.cause,
  });
}

/** Values that a column does not take; several of them have no state of their own. */
const ofValues = new Set([1264, 1265, 1292, 1366, 1406, 3140, 3156, 3157, 3158]);
/** Constraints that somebody put on the table, and triggers that refuse. */
const ofConstraints = new Set([1048, 1062, 1364, 1451, 1452, 1644, 3819, 4025]);

function stateOf({ errno, sqlState }: ServerError): string {
  if (ofValues.has(errno)) return '22000';
  if (ofConstraints.has(errno)) return '23000';
  return sqlState ?? `mysql_${errno}`;
}

/** A row of another key has a value that somebody wants to be unique; see the merge. */
export const isOfOtherKey = (error: unknown, { keys, uniqueIndexes }: Target): boolean =>
  isServerError(error) &&
  error.errno === 1048 &&
  uniqueIndexes.length > 0 &&
  keys.some((key) => error.sqlMessage?.includes(key.replaceAll('`', "'")));

export const takenValue = ({ uniqueIndexes }: Target, cause: unknown): LoadFailure =>
  new LoadFailure(
    'passing',
    `The server refused a record: another row has its value in a unique index of the table (${uniqueIndexes.join(', ')}).`,
    { remedy: 'The record is found and rejected.', code: '23000', cause },
  );

/** Errors that a fresh look at the catalog may end: somebody altered what was remembered. */
export const isOutdated = (error: unknown): boolean =>
  isServerError(error) && [1008, 1049, 1050, 1051, 1054, 1060, 1091, 1146, 1412].includes(error.errno);
