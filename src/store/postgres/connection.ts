import pg from 'pg';
import { Bug } from '../../errors/bug.ts';
import { Failure } from '../../errors/failure.ts';
import { postgresDialect } from '../dialect.ts';
import type { Query, QueryResult, Work } from '../operation.ts';
import { type PostgresTrouble, toFailure, troubleOf } from './postgres-errors.ts';

/** A client or a pool: whatever runs a query. */
export interface Queryable {
  query(config: {
    name: string;
    text: string;
    values: unknown[];
  }): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

const int8 = 20;

/** The server's clock, in whole milliseconds since 1970. */
export const serverTime = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint';

/** Settings of every connection of the store. Whole numbers are read as such here, and only here. */
export function connectionConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'backstitch',
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    // For a server that does not even refuse any more.
    query_timeout: 15_000,
    // Somebody else may wait for what a process holds that was frozen in the middle of a transaction.
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === int8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  };
}

/** A pool whose lost connections are never an uncaught error: whoever used one gets the error of its query. */
export function openPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(url), max: size });
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

/**
 * Runs an operation to its end.
 * @throws {QueryError} what the database answered; and whatever the operation throws.
 */
export async function finish<Output>(work: Work<Output>, on: Queryable): Promise<Output> {
  let step = work.next();
  while (!step.done) step = work.next(await execute(step.value, on));
  return step.value;
}

async function execute({ statement, values }: Query, on: Queryable): Promise<QueryResult> {
  const { name, sql, bind } = statement.compiled(postgresDialect);
  // Named, so that a connection parses and plans each statement once.
  const config = { name, text: sql, values: bind(values) };
  const { rows, rowCount } = await on.query(config).catch((cause) => {
    throw new QueryError(cause);
  });
  return { rows, changes: rowCount ?? 0 };
}

/** What came back from the database instead of rows, apart from everything else an operation may throw. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly trouble: PostgresTrouble;

  constructor(cause: unknown) {
    super('a query failed', { cause });
    this.trouble = troubleOf(cause);
  }
}

/** What to throw for what the driver threw. */
export function translate(error: unknown): Error {
  if (error instanceof Failure) return error;
  const trouble = troubleOf(error);
  if (trouble !== 'statement') return toFailure(trouble, error);
  return new Bug(`the store's database refused a statement: ${(error as Error).message}`, { cause: error });
}
