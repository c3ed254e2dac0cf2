import { within } from '../../sql/within.ts';
import type { PostgresSession } from '../session.ts';

/** Longer than the server's own limit, so that it is the server that ends a statement that is only slow. */
const longestMilliseconds = 35 * 60_000;

/**
 * A session in which nothing waits for ever: a network that swallows everything is found out by statements that are
 * answered at once, and by rows that do not leave. Merges of
 * many rows, which are prepared, may take as long as the server lets them.
 */
export function withDeadlines(session: PostgresSession, answerMilliseconds: number): PostgresSession {
  return {
    query: (sql, values, signal) =>
      within(answerMilliseconds, signal, (deadline) => session.query(sql, values, deadline)),
    script: (statements, signal) =>
      within(answerMilliseconds, signal, (deadline) => session.script(statements, deadline)),
    prepared: (sql, values, signal, few = false) =>
      within(few ? answerMilliseconds : longestMilliseconds, signal, (deadline) =>
        session.prepared(sql, values, deadline),
      ),
    async copyIn(sql, signal) {
      const copy = await within(answerMilliseconds, signal, (deadline) => session.copyIn(sql, deadline));
      return {
        write: (chunk, given) => within(answerMilliseconds, given, (deadline) => copy.write(chunk, deadline)),
        end: (given) => within(answerMilliseconds, given, (deadline) => copy.end(deadline)),
      };
    },
    get isOpen() {
      return session.isOpen;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
