import type { Client } from '@backstitch/client';
import type { Cli } from './cli.ts';
import { failureFromClient } from './failure-from-client.ts';
import { readSecret } from './read-secret.ts';
import { configuredServer } from './server-address.ts';
import { theAccount } from './the-account.ts';
import { UsageError } from './usage-error.ts';

/** Which server, and as which account. */
export interface ClientOptions {
  readonly server?: URL;
  readonly tokenFile?: string;
  readonly account?: number;
}

/**
 * Runs with a client of the server that is meant: the one named with its token, or that of this installation with a
 * token that lives only as long.
 * @throws {Failure} for what the server answers, in its words; {UsageError}.
 */
export async function withClient(
  cli: Cli,
  { server, tokenFile, account }: ClientOptions,
  run: (client: Client) => Promise<void>,
): Promise<void> {
  // Loaded by the commands that need it alone.
  const { createClient } = await import('#client');
  const baseUrl = server ?? configuredServer(cli);
  const runWith = async (token: string): Promise<void> => {
    try {
      await run(createClient({ baseUrl, token }));
    } catch (error) {
      throw failureFromClient(error);
    }
  };
  if (tokenFile !== undefined && account !== undefined)
    throw new UsageError('a token is of one account: give --account or --token-file, not both');
  if (tokenFile !== undefined) return await runWith(await readToken(cli, tokenFile));
  if (server !== undefined)
    throw new UsageError('give an access token of that server: --token-file <file> (- is standard input)');

  await using installation = await cli.open();
  const { id } = await theAccount(installation.store, account);
  const token = await installation.accounts.issueToken(id, { kind: 'access', name: 'command line' });
  try {
    await runWith(token.value);
  } finally {
    await installation.store.tokens.revoke(id, token.id);
  }
}

async function readToken(cli: Cli, file: string): Promise<string> {
  const token = await readSecret(cli.terminal, file);
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UsageError('the token has characters that no token has');
}
