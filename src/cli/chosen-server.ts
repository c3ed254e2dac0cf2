import { InvalidArgumentError } from 'commander';
import type { Cli } from './cli.ts';
import { type Login, readLogin } from './login-file.ts';
import { printable } from './printable.ts';
import { readSecret } from './read-secret.ts';
import { configuredServer, parseServer } from './server-address.ts';
import { UsageError } from './usage-error.ts';

/** Which server, and as which account. */
export interface ServerOptions {
  readonly server?: URL;
  readonly tokenFile?: string;
  /** Of this installation. */
  readonly account?: number;
}

/** A server that a command speaks to over HTTP. */
export interface ChosenServer {
  readonly url: URL;
  readonly token: string;
  /** Why this one, where the command line itself does not say so. */
  readonly because: string | null;
}

/**
 * The server that is meant; null: this installation. What the command line says (--server, --token-file, --account,
 * --data and its like) goes before BACKSTITCH_SERVER, and that before the login. A token goes to no other server than
 * the one it stands beside.
 * @throws {UsageError} when the token is missing; {Failure} InvalidConfiguration
 */
export async function chooseServer(cli: Cli, options: ServerOptions): Promise<ChosenServer | null> {
  const { server, tokenFile, account } = options;
  if (account !== undefined && tokenFile !== undefined)
    throw new UsageError('a token is of one account: give --account or --token-file, not both');
  if (account !== undefined && server !== undefined)
    throw new UsageError('--account chooses an account of this installation: leave it out with --server');
  const isHere = account !== undefined || Object.keys(cli.flags).length > 0;
  if (isHere && server === undefined && tokenFile === undefined) return null;

  const named = environmentServer(cli);
  const login = readLogin(cli);
  if (tokenFile !== undefined) {
    const url = server ?? (isHere ? null : (named ?? login?.server)) ?? configuredServer(cli);
    return { url, token: usableToken(await readSecret(cli.terminal, tokenFile)), because: null };
  }
  const url = server ?? named ?? login?.server;
  if (url === undefined) return null;
  const token = environmentToken(cli, url, named) ?? loginToken(login, url);
  if (token === null) throw missingToken(url, server === undefined);
  const because = server === undefined ? reason(named, login) : null;
  return { url, token: usableToken(token), because };
}

/** The server that an import token is of when nothing says so: chosen as above. @throws {UsageError} */
export function importServer(cli: Cli): URL {
  if (Object.keys(cli.flags).length > 0) return configuredServer(cli);
  const named = environmentServer(cli);
  const login = named === null ? readLogin(cli) : null;
  const url = named ?? login?.server;
  if (url === undefined) return configuredServer(cli);
  sayWhere(cli, url, reason(named, login));
  return url;
}

/** Tells somebody which server it is, where the command line does not. */
export function sayWhere({ terminal }: Cli, { origin }: URL, because: string | null): void {
  if (because !== null) terminal.note(`On ${origin} (${printable(because)}).`);
}

/** The server of BACKSTITCH_SERVER. @throws {UsageError} */
export function environmentServer({ env }: Pick<Cli, 'env'>): URL | null {
  const text = env.BACKSTITCH_SERVER?.trim();
  if (!text) return null;
  try {
    return parseServer(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`BACKSTITCH_SERVER cannot be used. ${error.message}`);
  }
}

function environmentToken(cli: Cli, url: URL, named: URL | null): string | null {
  return named?.origin === url.origin ? cli.config().token : null;
}

const loginToken = (login: Login | null, url: URL): string | null =>
  login?.server.origin === url.origin ? login.token : null;

const reason = (named: URL | null, login: Login | null): string | null => {
  if (named !== null) return 'BACKSTITCH_SERVER';
  return login && `your login, account ${login.account.id}, ${login.account.company}`;
};

const missingToken = ({ origin }: URL, isFromEnvironment: boolean): UsageError =>
  new UsageError(
    isFromEnvironment
      ? `BACKSTITCH_SERVER is set, but no token of ${origin}: set BACKSTITCH_TOKEN or BACKSTITCH_TOKEN_FILE, or log in (backstitch login --server ${origin})`
      : `give an access token of ${origin}: --token-file <file> (- is standard input), or log in first (backstitch login --server ${origin})`,
  );

/** @throws {UsageError} */
export function usableToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UsageError('the token has characters that no token has');
}
