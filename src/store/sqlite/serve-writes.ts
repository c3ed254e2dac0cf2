import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { toPlain } from '../../errors/failure.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { type Connection, openWriter } from './connection.ts';
import { createGroupWriter } from './group-writer.ts';
import type { FromWriter, ToWriter, Unit } from './messages.ts';
import { toFailure, troubleOf } from './sqlite-errors.ts';

export interface ServeOptions {
  readonly port: MessagePort;
  /** The database, which is there and up to date. */
  readonly file: string;
  readonly clock?: Clock;
  /** For tests: called with the connection once it is open. */
  readonly prepare?: (connection: Connection) => void;
  /** For tests: see {@link createGroupWriter}. */
  readonly beforeCommit?: () => void;
}

/** After so many writes, or bytes of them, the log is copied into the database. */
const checkpointAfter = { units: 500, bytes: 4 * 1024 * 1024 };
const watchMilliseconds = 250;

/**
 * The other side of the write queue: owns the connection that writes, and answers what comes in through the port until
 * it is told to close. While one group is being committed the next gathers in the port, so groups grow with the load.
 */
export function serveWrites({ port, file, clock = systemClock, prepare, beforeCommit }: ServeOptions): void {
  const connection = openWriter(file);
  prepare?.(connection);
  const writer = createGroupWriter({ connection, clock, ...(beforeCommit && { beforeCommit }) });
  const inbox: Unit[] = [];
  const since = { units: 0, bytes: 0 };
  let failed = false;
  let closing = false;
  let watching: NodeJS.Timeout | undefined;

  const post = (message: FromWriter) => port.postMessage(message);
  const fail = (error: Error) => {
    failed = true;
    post({ kind: 'failed', reason: error.message });
  };

  const receive = (message: ToWriter) => {
    if (message.kind === 'units') inbox.push(...message.units);
    else if (message.kind === 'watch') watching ??= watchOthers(connection, () => post({ kind: 'changed' }));
    else closing = true;
  };

  const nextUnit = (): Unit | undefined => {
    while (inbox.length === 0) {
      const arrived = receiveMessageOnPort(port);
      if (!arrived) return undefined;
      receive(arrived.message as ToWriter);
    }
    const unit = inbox.shift();
    since.units += 1;
    since.bytes += unit?.bytes ?? 0;
    return unit;
  };

  const checkpoint = () => {
    if (since.units < checkpointAfter.units && since.bytes < checkpointAfter.bytes) return;
    since.units = 0;
    since.bytes = 0;
    try {
      connection.db.pragma('wal_checkpoint(passive)');
    } catch (error) {
      // Without room the log only stays longer; anything else puts the database itself in doubt.
      if ((troubleOf(error) ?? 'fatal') === 'fatal') fail(error as Error);
    }
  };

  port.on('message', (message: ToWriter) => {
    receive(message);
    while (inbox.length > 0 && !failed) {
      const { answers, topics, fatal } = writer.write(nextUnit);
      post({ kind: 'answers', answers, topics });
      if (fatal) fail(fatal);
      else checkpoint();
    }
    if (inbox.length > 0) {
      const failure = toPlain(toFailure('fatal', undefined));
      post({ kind: 'answers', answers: inbox.splice(0).map(({ id }) => ({ id, failure })), topics: [] });
    }
    if (!closing) return;
    clearInterval(watching);
    // Closing would write once more, and after a failure that is what must not happen.
    if (!failed) connection[Symbol.dispose]();
    port.close();
  });
}

/** Another connection's commits change this number, our own do not. */
function watchOthers({ db }: Connection, tell: () => void): NodeJS.Timeout {
  const version = () => db.pragma('data_version', { simple: true });
  let known = version();
  // Something may have changed before anybody listened.
  tell();
  return setInterval(() => {
    const current = version();
    if (current === known) return;
    known = current;
    tell();
  }, watchMilliseconds).unref();
}
