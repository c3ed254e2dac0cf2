import { quoteLiteral } from '../quote.ts';

/** What loads can be told to do otherwise. */
export interface LoadTuning {
  /** How long one statement waits for a lock, in milliseconds. */
  readonly lockMilliseconds: number;
  /** More rows than this are staged; fewer go with the statements. */
  readonly givenRows: number;
  /** How long an answer may take that needs no work, and rows that are sent, in milliseconds. */
  readonly answerMilliseconds: number;
}

export const usualTuning: LoadTuning = {
  lockMilliseconds: 5_000,
  givenRows: 200,
  answerMilliseconds: 60_000,
};

/** Statements that make a session do the same whatever role, database and server are set to. */
export function sessionSettings(lock: number): string[] {
  const settings = {
    timezone: 'UTC',
    datestyle: 'ISO',
    // Names without a schema mean the system's, so that nothing a user has made stands in for a system function.
    search_path: 'pg_catalog',
    client_min_messages: 'error',
    lock_timeout: `${lock}ms`,
    statement_timeout: '30min',
    // Counts when our connection dies without a word: the lane is free for others then.
    idle_in_transaction_session_timeout: '30s',
    tcp_keepalives_idle: '15',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '3',
    default_transaction_isolation: 'read committed',
    // Staged rows are sorted and read back once each.
    work_mem: '64MB',
    temp_buffers: '32MB',
  };
  return [
    ...Object.entries(settings).map(([name, value]) => `set ${name} = ${quoteLiteral(value)}`),
    // A mark that a crash takes back after its load was reported would be a gap.
    "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
    // Plans of small loads depend on no value, and to make one costs more than to run it.
    "select set_config('plan_cache_mode', 'force_generic_plan', false) where exists (select from pg_settings where name = 'plan_cache_mode')",
    "select set_config('jit', 'off', false) where exists (select from pg_settings where name = 'jit')",
  ];
}
