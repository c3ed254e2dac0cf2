import type { Statement } from './statement.ts';

/**
 * A read or a write of the store, written once for both engines: a generator that yields queries and is sent what they
 * return. An engine runs it to its end, SQLite without ever waiting, PostgreSQL over the network. What goes in and what
 * comes out is plain data, since both cross a thread. A write runs alone in a savepoint, and may run again when its
 * transaction has to be repeated: it does nothing but queries.
 */
export type Operation<Input, Output> = (input: Input, context: Context) => Work<Output>;

export type Work<Output> = Generator<Query, Output, QueryResult>;

export interface Context {
  /** Time of the store in milliseconds since 1970; on SQLite it never goes back within a process. */
  readonly now: number;
  /** Tells those who subscribed, once the write is durable. */
  notify(topic: Topic): void;
}

/** What one may subscribe to. */
export const topics = ['checks', 'loads', 'hooks'] as const;
export type Topic = (typeof topics)[number];

export interface Query {
  readonly statement: Statement<never, unknown>;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface QueryResult {
  readonly rows: readonly unknown[];
  /** Rows that an insert, update or delete touched. */
  readonly changes: number;
}

/** All rows. */
export function* all<Values extends object, Row>(
  statement: Statement<Values, Row>,
  values: Values,
): Work<readonly Row[]> {
  const { rows } = yield query(statement, values);
  return rows as readonly Row[];
}

/** The first row, or undefined. */
export function* first<Values extends object, Row>(
  statement: Statement<Values, Row>,
  values: Values,
): Work<Row | undefined> {
  const { rows } = yield query(statement, values);
  return rows[0] as Row | undefined;
}

/** How many rows were touched. */
export function* run<Values extends object>(
  statement: Statement<Values, unknown>,
  values: Values,
): Work<number> {
  const { changes } = yield query(statement, values);
  return changes;
}

function query<Values extends object, Row>(statement: Statement<Values, Row>, values: Values): Query {
  return { statement, values: values as Readonly<Record<string, unknown>> };
}
