import { quoteLiteral } from './quote.ts';
import type { PostgresSession } from './session.ts';

/** Limits the server itself puts on what a transaction does, in milliseconds. */
export interface TransactionLimits {
  readonly statement: number;
  readonly lock: number;
  /** How long the server waits for us before it rolls back; counts when the connection dies without a word. */
  readonly idle: number;
}

/**
 * Runs work in a transaction that is always rolled back: whatever it made is gone, also when we are cut off. Names
 * without a schema mean the system's, so that nothing a user has made stands in for a system function.
 */
export async function inRolledBackTransaction<T>(
  session: PostgresSession,
  limits: TransactionLimits,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const settings = {
    statement_timeout: `${limits.statement}ms`,
    lock_timeout: `${limits.lock}ms`,
    idle_in_transaction_session_timeout: `${limits.idle}ms`,
    search_path: 'pg_catalog',
  };
  const begin = [
    'begin',
    ...Object.entries(settings).map(([name, value]) => `set local ${name} = ${quoteLiteral(value)}`),
  ];
  await session.query(begin.join('; '), [], signal);
  const result = await work();
  await session.query('rollback', [], signal);
  return result;
}
