import { reasonOfSystemError } from '../../network/dial.ts';
import { NetworkError } from '../../network/network.ts';
import { type Finding, StepFailure } from '../finding.ts';
import { networkFinding } from '../findings.ts';
import { mysqlFinding, type SignInFacts } from './findings.ts';
import { ProtocolError } from './mysql-bytes.ts';
import { isServerError, serverWords } from './server-words.ts';

/**
 * What an error on the way to a signed-in session means. Everything that a server or a network can cause becomes a
 * finding; errors that nothing outside can cause are given back as they are.
 */
export function signInFailure(error: unknown, facts: Omit<SignInFacts, 'said'>, password: string): unknown {
  const finding = findingOf(error, { ...facts, said: serverWords(error, password) });
  return finding === null ? error : new StepFailure(finding, error);
}

function findingOf(error: unknown, facts: SignInFacts): Finding | null {
  if (error instanceof ProtocolError)
    return mysqlFinding(error.reason === 'closed' ? 'closed_early' : 'not_mysql', facts);
  if (isServerError(error)) return mysqlFinding(codeOf(error.errno), facts);
  if (error instanceof NetworkError)
    return error.reason === 'reset' ? networkFinding('connection_reset', facts) : null;
  if (!(error instanceof Error)) return null;
  if (reasonOfSystemError(error) === 'reset') return networkFinding('connection_reset', facts);
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'PROTOCOL_CONNECTION_LOST') return mysqlFinding('closed_early', facts);
  if (code.startsWith('AUTH_SWITCH_PLUGIN') || /auth(entication)? ?plugin/i.test(error.message))
    return mysqlFinding('sign_in_method_unsupported', facts);
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return networkFinding('tls_not_supported', facts);
  if (code.startsWith('HANDSHAKE_') || /^ERR_SSL_|^ERR_TLS_/.test(code))
    return networkFinding('tls_handshake_failed', facts);
  // The driver's own words for packets that it cannot read have no codes of their own.
  return code === 'PROTOCOL_ERROR' || code === 'PROTOCOL_UNEXPECTED_PACKET' || code === ''
    ? mysqlFinding('not_mysql', facts)
    : null;
}

/** Numbers of the server; those above 4000 are MariaDB's own. */
function codeOf(errno: number) {
  switch (errno) {
    case 1045:
    case 1044:
    case 1698:
      return 'wrong_password';
    case 1130:
      return 'host_not_allowed';
    case 1129:
      return 'host_blocked';
    case 3118:
    case 4151:
      return 'account_locked';
    case 1820:
    case 1862:
      return 'password_expired';
    case 1251:
    case 1524:
      return 'sign_in_method_unsupported';
    case 1040:
    case 1203:
    case 1226:
      return 'too_many_connections';
    case 1053:
      return 'server_not_ready';
    default:
      return 'sign_in_failed';
  }
}
