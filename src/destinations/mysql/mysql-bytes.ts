import type { ServerJudge } from '../driver-stream.ts';

/** Why a connection is not used on; the words for people are made where it is caught. */
export type ProtocolReason = 'not_mysql' | 'closed' | 'too_much';

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly reason: ProtocolReason;

  constructor(reason: ProtocolReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** Bounds what a server may send for one statement: the driver keeps all of it, and servers of others may send more. */
export interface BoundedBytes extends ServerJudge {
  /** A statement begins. */
  restart(): void;
}

export function createBoundedBytes(mostBytes: number): BoundedBytes {
  let received = 0;
  return {
    accept(chunk) {
      received += chunk.length;
      if (received > mostBytes) throw new ProtocolError('too_much', 'The server sends without end.');
      return chunk;
    },
    unreadable: (cause) =>
      new ProtocolError('not_mysql', 'The driver cannot read what the server sent.', cause),
    restart() {
      received = 0;
    },
  };
}
