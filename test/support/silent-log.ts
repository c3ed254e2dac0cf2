import type { Log } from '../../src/lib/log.ts';

/** For tests that look at what happens, not at what is told of it. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  child: () => silentLog,
};
