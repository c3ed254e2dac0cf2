import pg from 'pg';
import { Failure } from '../../errors/failure.ts';

/**
 * What an error of PostgreSQL means: `statement`: this statement is wrong, others are not concerned. `conflict`: the
 * transaction lost against another one, or was planned for tables as they were before an upgrade, and may be repeated. `full`: no room on the server's disk. `unavailable`: the
 * server, or the way there, is gone.
 */
export type PostgresTrouble = 'statement' | 'conflict' | 'full' | 'unavailable';

/** Connection lost, shutting down, starting, out of connections, cancelled by a timeout, became a standby. */
const unavailable = /^(08...|57P0.|57014|53300|53400|25006|25P0[23]|28...|3D000|58...|XX...)$/;

export function troubleOf(error: unknown): PostgresTrouble {
  // What is no answer of the server comes from the socket or from the driver.
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return 'unavailable';
  if (error.code === '40001' || error.code === '40P01') return 'conflict';
  if (error.code === '0A000' && error.routine === 'RevalidateCachedQuery') return 'conflict';
  if (error.code === '53100' || error.code === '53200') return 'full';
  return unavailable.test(error.code) ? 'unavailable' : 'statement';
}

/** What the callers hear. The address of the server stays in the cause. */
export function toFailure(trouble: PostgresTrouble, cause: unknown): Failure {
  switch (trouble) {
    case 'full':
      return new Failure('Overloaded', 'The PostgreSQL of the store has no room: nothing was stored.', {
        remedy: 'Free some space on its disk; the server goes on by itself.',
        cause,
      });
    case 'conflict':
      return new Failure('StoreUnavailable', 'Other processes kept changing the same rows of the store.', {
        remedy: 'Repeat the request.',
        cause,
      });
    default:
      return new Failure('StoreUnavailable', 'The PostgreSQL of the store does not answer.', {
        remedy: 'See that it runs and can be reached; the server goes on by itself.',
        cause,
      });
  }
}
