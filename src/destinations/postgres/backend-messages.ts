import type { ServerJudge } from '../driver-stream.ts';

/**
 * What a server sends is judged here before the driver sees it. The driver trusts its server: it hangs on an error
 * message without an end, throws from inside a socket event on an unknown way of signing in, and answers a request
 * for the password in clear text. Servers of many owners deserve less trust.
 */

/** Why a connection is not used on; the words for people are made where it is caught. */
export type ProtocolReason = 'not_postgres' | 'closed' | 'too_much' | 'cleartext_password' | 'sign_in_method';

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly reason: ProtocolReason;

  constructor(reason: ProtocolReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

const headerBytes = 5;
const longestBeforeSignIn = 65_536;
const longest = 1_048_576;

const beforeSignIn = new Set('RENvSKZ');
const afterSignIn = new Set('RENSKZTDCIAtGHdc123ns');

export interface BackendLimits {
  /** Whether a password in clear text is protected on its way. */
  readonly encrypted: boolean;
  /** Bytes a server may send until it is ready again; the driver keeps what it is sent for a statement. */
  readonly mostBytes: number;
}

/** Gives on whole messages only, all judged. What it throws is a {@link ProtocolError}. */
export function createBackendMessages({ encrypted, mostBytes }: BackendLimits): ServerJudge {
  let received = 0;
  let pending: Buffer = Buffer.alloc(0);
  let signedIn = false;

  function judge(type: string, body: Buffer): void {
    if (type === 'E' || type === 'N') judgeFields(body);
    if (type === 'R') judgeSignIn(body, encrypted);
    if (type === 'Z') {
      signedIn = true;
      received = 0;
    }
  }

  return {
    accept(chunk) {
      received += chunk.length;
      if (received > mostBytes) throw new ProtocolError('too_much', 'The server sends without end.');
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      let end = 0;
      while (end < pending.length) {
        const type = String.fromCharCode(pending[end] ?? 0);
        if (!(signedIn ? afterSignIn : beforeSignIn).has(type)) throw foreign();
        if (pending.length - end < headerBytes) break;
        const length = pending.readUInt32BE(end + 1);
        if (length < 4 || length > (signedIn ? longest : longestBeforeSignIn)) throw foreign();
        if (pending.length - end < 1 + length) break;
        judge(type, pending.subarray(end + headerBytes, end + 1 + length));
        end += 1 + length;
      }
      const complete = pending.subarray(0, end);
      pending = pending.subarray(end);
      return complete;
    },
    unreadable: (cause) =>
      new ProtocolError('not_postgres', 'The driver cannot read what the server sent.', cause),
  };
}

const foreign = (): ProtocolError =>
  new ProtocolError('not_postgres', 'The server sent something that is no message of PostgreSQL.');

/** Errors and notices: fields of a letter and a text with a NUL behind it, and a NUL at the end. */
function judgeFields(body: Buffer): void {
  let at = 0;
  while (body[at] !== 0) {
    const end = body.indexOf(0, at + 1);
    if (at >= body.length || end < 0) throw foreign();
    at = end + 1;
  }
  if (at !== body.length - 1) throw foreign();
}

const cleartext = 3;
/** Nothing more to do, MD5, and the three messages of SASL. */
const supported = new Set([0, 5, 10, 11, 12]);

function judgeSignIn(body: Buffer, encrypted: boolean): void {
  if (body.length < 4) throw foreign();
  const method = body.readUInt32BE(0);
  if (method === cleartext && !encrypted)
    throw new ProtocolError('cleartext_password', 'The server asks for the password in clear text.');
  if (method !== cleartext && !supported.has(method))
    throw new ProtocolError('sign_in_method', `The server asks for sign-in method ${method}.`);
}
