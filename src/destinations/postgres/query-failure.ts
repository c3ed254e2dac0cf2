import { type Finding, StepFailure } from '../finding.ts';
import type { Endpoint } from '../findings.ts';
import { postgresFinding, type SessionFacts } from './findings.ts';
import { isServerError, serverWords } from './server-words.ts';

/** What is known once we are signed in. */
export interface QueryFacts extends Endpoint, SessionFacts {
  /** That a load writes into. */
  readonly schema?: string;
}

/**
 * What an error of a statement means. Loads translate their errors here as well, so that the same cause has the same
 * words everywhere. An error that is not the server's or the connection's is given back as it is.
 */
export function queryFailure(error: unknown, facts: QueryFacts, password: string): unknown {
  if (error instanceof StepFailure || !(error instanceof Error)) return error;
  const said = serverWords(error, password);
  if (isServerError(error)) return new StepFailure(serverFinding(error.code, { ...facts, said }), error);
  if (isConnectionError(error))
    return new StepFailure(postgresFinding('connection_lost', { ...facts, said }), error);
  return error;
}

function serverFinding(code: string, facts: QueryFacts & { said: string }): Finding {
  switch (code) {
    case '25006':
      return postgresFinding('read_only_server', { ...facts, standby: false });
    case '42501':
      return postgresFinding('permission_denied', facts);
    case '53100':
      return postgresFinding('disk_full', facts);
    case '55P03':
    case '40P01':
      return postgresFinding('blocked_by_lock', facts);
    case '57014':
      return postgresFinding('statement_too_slow', facts);
  }
  if (code.startsWith('53')) return postgresFinding('out_of_resources', facts);
  if (code.startsWith('57P') || code.startsWith('08')) return postgresFinding('connection_lost', facts);
  return postgresFinding('statement_failed', facts);
}

/** The driver's and the socket's words for a connection that is gone; none of them has a SQLSTATE. */
const isConnectionError = (error: Error): boolean =>
  error.name === 'ProtocolError' ||
  'syscall' in error ||
  /^(Connection terminated|Client (has encountered|was closed)|Received unexpected)/.test(error.message);
