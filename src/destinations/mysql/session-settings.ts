import { quoteLiteral } from './quote.ts';
import type { MysqlSession } from './session.ts';

/**
 * Makes a session do the same whatever the server is set to. Nothing that does not fit is cut: it is an error.
 * @param lockSeconds how long a statement waits for a lock of rows or of a table's definition.
 */
export async function prepareSession(
  session: MysqlSession,
  lockSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  const settings: Readonly<Record<string, string>> = {
    sql_mode: "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    time_zone: quoteLiteral('+00:00'),
    autocommit: '1',
    lock_wait_timeout: String(lockSeconds),
    innodb_lock_wait_timeout: String(lockSeconds),
    // Counts when our connection dies without a word.
    wait_timeout: '3600',
    net_read_timeout: '120',
    net_write_timeout: '120',
    group_concat_max_len: '1048576',
  };
  const assignments = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  await session.run(`set session ${assignments.join(', session ')}`, signal);
  await session.run('set session transaction isolation level read committed', signal);
}
