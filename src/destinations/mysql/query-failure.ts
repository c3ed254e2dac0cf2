import { type Finding, StepFailure } from '../finding.ts';
import type { Endpoint } from '../findings.ts';
import { mysqlFinding, type SessionFacts } from './findings.ts';
import { isServerError, serverWords } from './server-words.ts';

/** What is known once we are signed in. */
export interface QueryFacts extends Endpoint, SessionFacts {}

/**
 * What an error of a statement means. Loads translate their errors here as well, so that the same cause has the same
 * words everywhere. An error that is not the server's or the connection's is given back as it is.
 */
export function queryFailure(error: unknown, facts: QueryFacts, password: string): unknown {
  if (error instanceof StepFailure || !(error instanceof Error)) return error;
  const said = serverWords(error, password);
  if (isServerError(error)) return new StepFailure(serverFinding(error.errno, { ...facts, said }), error);
  if (isConnectionError(error))
    return new StepFailure(mysqlFinding('connection_lost', { ...facts, said }), error);
  return error;
}

function serverFinding(errno: number, facts: QueryFacts & { said: string }): Finding {
  switch (errno) {
    case 1290:
    case 1792:
    case 1836:
      return mysqlFinding('read_only_server', facts);
    case 1044:
    case 1045:
    case 1142:
    case 1143:
    case 1227:
    case 1370:
    case 1410:
      return mysqlFinding('permission_denied', facts);
    case 1021:
    case 1114:
      return mysqlFinding('disk_full', facts);
    case 1030:
      return mysqlFinding(/\b28\b|No space left/.test(facts.said) ? 'disk_full' : 'out_of_resources', facts);
    case 1205:
    case 1213:
      return mysqlFinding('blocked_by_lock', facts);
    case 1317:
    case 1969:
    case 3024:
      return mysqlFinding('statement_too_slow', facts);
    case 1053:
    case 1077:
    case 1079:
    case 1927:
    case 4031:
      return mysqlFinding('connection_lost', facts);
    case 1037:
    case 1038:
    case 1041:
    case 1135:
    case 1197:
    case 1206:
      return mysqlFinding('out_of_resources', facts);
    default:
      return mysqlFinding('statement_failed', facts);
  }
}

/** The driver's and the socket's words for a connection that is gone; none of them has a number of the server. */
const isConnectionError = (error: Error): boolean =>
  error.name === 'ProtocolError' ||
  'syscall' in error ||
  /^(Connection lost|Can't add new command|Can't write in closed)/.test(error.message);
