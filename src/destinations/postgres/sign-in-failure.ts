import { reasonOfSystemError } from '../../network/dial.ts';
import { NetworkError } from '../../network/network.ts';
import { type Finding, StepFailure } from '../finding.ts';
import { networkFinding } from '../findings.ts';
import { ProtocolError } from './backend-messages.ts';
import { postgresFinding, type SignInFacts } from './findings.ts';
import { TlsRequestRefused } from './request-tls.ts';
import { isServerError, type ServerError, serverWords } from './server-words.ts';

/**
 * What an error on the way to a signed-in session means. Everything that a server or a network can cause becomes a
 * finding; errors that nothing outside can cause are given back as they are.
 */
export function signInFailure(error: unknown, facts: Omit<SignInFacts, 'said'>, password: string): unknown {
  const finding = findingOf(error, { ...facts, said: serverWords(error, password) });
  return finding === null ? error : new StepFailure(finding, error);
}

function findingOf(error: unknown, facts: SignInFacts): Finding | null {
  if (error instanceof ProtocolError) return protocolFinding(error, facts);
  if (error instanceof TlsRequestRefused) return postgresFinding('tls_request_failed', facts);
  if (isServerError(error)) return serverFinding(error, facts);
  if (error instanceof NetworkError && error.reason === 'reset')
    return networkFinding('connection_reset', facts);
  if (!(error instanceof Error) || error instanceof NetworkError) return null;
  if (reasonOfSystemError(error) === 'reset') return networkFinding('connection_reset', facts);
  if (error.message === 'Connection terminated unexpectedly') return postgresFinding('closed_early', facts);
  // The driver's errors about SCRAM have no codes.
  if (/^SASL: .*server signature/.test(error.message)) return postgresFinding('server_not_genuine', facts);
  if (/^SASL: /.test(error.message)) return postgresFinding('sign_in_method_unsupported', facts);
  return null;
}

function protocolFinding({ reason }: ProtocolError, facts: SignInFacts): Finding {
  switch (reason) {
    case 'not_postgres':
    case 'too_much':
      return postgresFinding('not_postgres', facts);
    case 'closed':
      return postgresFinding('closed_early', facts);
    case 'cleartext_password':
      return postgresFinding('cleartext_password_refused', facts);
    case 'sign_in_method':
      return postgresFinding('sign_in_method_unsupported', facts);
  }
}

function serverFinding(error: ServerError, facts: SignInFacts): Finding {
  switch (error.code) {
    case '28P01':
      return postgresFinding('wrong_password', facts);
    case '28000':
      return postgresFinding(refusalOf(error), facts);
    case '3D000':
      return postgresFinding('database_missing', facts);
    case '42501':
      return postgresFinding('connect_privilege_missing', facts);
    case '53300':
      return postgresFinding('too_many_connections', facts);
    case '55000':
      return postgresFinding('database_not_open', facts);
    case '57P01':
    case '57P02':
    case '57P03':
      return postgresFinding('server_not_ready', facts);
    case '53100':
      return postgresFinding('disk_full', facts);
    default:
      // A session begins by writing a small file, which fails first when the disk is full, without a code of its own.
      return /could not write (init|lock) file|No space left on device/.test(error.message)
        ? postgresFinding('disk_full', facts)
        : postgresFinding('sign_in_failed', facts);
  }
}

/** One code stands for several reasons. Its function tells the rest in every language, its text in English. */
function refusalOf({ routine, message }: ServerError) {
  if (routine === 'ClientAuthentication' || /pg_hba\.conf/.test(message))
    return /client certificate/.test(message) ? 'sign_in_method_unsupported' : 'no_pg_hba_entry';
  if (/is not permitted to log in/.test(message)) return 'role_cannot_log_in';
  if (/^role .* does not exist$/.test(message)) return 'role_missing';
  return 'sign_in_refused';
}
