import { type Logger, pino } from 'pino';
import type { Clock } from '../lib/clock.ts';
import type { Log, LogFacts } from '../lib/log.ts';
import type { Redactor } from '../lib/redact.ts';

export interface LogOptions {
  /** Least important lines that are written. */
  readonly level: Level | 'silent';
  readonly clock: Clock;
  /** Everything that is written passes through it. */
  readonly redactor: Redactor;
  /** Where the lines go; standard output when not given. Each call of `write` is one whole line. */
  readonly stream?: { write(line: string): void };
}

type Level = (typeof levels)[number];
const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

/**
 * The server's log: one JSON object a line (`level`, `time`, the facts, `message`), written before the call returns.
 * Control characters in facts stay inside their line.
 */
export function createLog({ level, clock, redactor, stream }: LogOptions): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      // The redactor has made a plain value of the error already.
      serializers: { err: (error) => error },
    },
    stream ?? pino.destination({ sync: true }),
  );
  return redacted(logger, redactor);
}

/** Not by pino's own `redact`, which knows fixed paths only and leaves the facts of child logs alone. */
function redacted(logger: Logger, redactor: Redactor): Log {
  const facts = (given: LogFacts) => redactor.value(given) as object;
  const line = (level: Level) => (given: LogFacts, message: string) => {
    if (logger.isLevelEnabled(level)) logger[level](facts(given), redactor.text(message));
  };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    fatal: line('fatal'),
    child: (given) => redacted(logger.child(facts(given)), redactor),
  };
}
