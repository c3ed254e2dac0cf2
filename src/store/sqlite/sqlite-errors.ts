import Sqlite from 'better-sqlite3';
import { Failure } from '../../errors/failure.ts';

/**
 * What an error of SQLite means: `statement`: this statement is wrong, others are not concerned. `full`: no room on the
 * disk, it may pass. `busy`: another process keeps the store locked. `fatal`: what is on the disk is not known for
 * certain any more.
 */
export type SqliteTrouble = 'statement' | 'full' | 'busy' | 'fatal';

const statementCodes = /^SQLITE_(CONSTRAINT|ERROR|MISMATCH|RANGE|TOOBIG|MISUSE)/;

/** Null for an error that does not come from SQLite. */
export function troubleOf(error: unknown): SqliteTrouble | null {
  if (!(error instanceof Sqlite.SqliteError)) return null;
  const { code } = error;
  if (statementCodes.test(code)) return 'statement';
  // The index of the log could not grow. It holds nothing that is not in the log.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return 'full';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy';
  return 'fatal';
}

/** What the callers hear whose writes did not happen. */
export function toFailure(trouble: SqliteTrouble, cause: unknown): Failure {
  switch (trouble) {
    case 'full':
      return new Failure('Overloaded', 'The disk of the data folder is full: nothing was stored.', {
        remedy: 'Free some space; the server goes on by itself.',
        cause,
      });
    case 'busy':
      return new Failure('StoreUnavailable', 'Another process keeps the store locked: nothing was stored.', {
        remedy: 'Repeat the request; if it happens again, see which process has the data folder open.',
        cause,
      });
    default:
      return new Failure('StoreUnavailable', 'The store cannot be trusted after a failed write.', {
        remedy: 'Look at the log and at the disk of the data folder, then start the server again.',
        cause,
      });
  }
}
