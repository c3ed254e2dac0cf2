import { within } from '../../sql/within.ts';
import type { MysqlSession } from '../session.ts';

/** Merges and changes of tables may take as long as the server lets them. */
const longestMilliseconds = 35 * 60_000;

/** A session in which nothing waits for ever: a network that swallows everything is found out. */
export function withDeadlines(session: MysqlSession, answerMilliseconds: number): MysqlSession {
  return {
    query: (sql, signal) => within(answerMilliseconds, signal, (deadline) => session.query(sql, deadline)),
    run: (sql, signal) => within(longestMilliseconds, signal, (deadline) => session.run(sql, deadline)),
    loadLocal: (sql, bytes, signal) =>
      within(longestMilliseconds, signal, (deadline) => session.loadLocal(sql, bytes, deadline)),
    get isOpen() {
      return session.isOpen;
    },
    get tlsProtocol() {
      return session.tlsProtocol;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
