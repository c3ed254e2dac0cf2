/**
 * Where the server tells its operator what happens: one line for each call, facts first, then a short sentence that
 * stays the same every time. Neither carries a secret. A pino logger is one; errors go under the fact `err`.
 */
export interface Log {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
  /** The process is about to exit because of this. */
  fatal(facts: LogFacts, message: string): void;
  /** A log that adds these facts to every line. */
  child(facts: LogFacts): Log;
}

export type LogFacts = Readonly<Record<string, unknown>>;
