import type { Client } from '@backstitch/client';
import type { Command } from 'commander';
import { chooseServer, type ServerOptions, sayWhere } from './chosen-server.ts';
import type { Cli } from './cli.ts';
import { failureFromClient } from './failure-from-client.ts';
import type { Installation } from './installation.ts';
import { parseId } from './parse-arguments.ts';
import { serverHeadStart } from './run-check.ts';
import { parseServer } from './server-address.ts';
import { theAccount } from './the-account.ts';

/** What every command that works on an account takes. */
export interface AccountOptions extends ServerOptions {
  readonly json?: boolean;
}

/** An account that a command works on, on a server elsewhere or in this installation. */
export interface Connection {
  readonly client: Client;
  /** Null: this installation. */
  readonly server: URL | null;
  /** Null: a server elsewhere. */
  readonly here: { readonly installation: Installation; readonly accountId: number } | null;
  /** A check is going to be waited for: from now on this process runs it, if no server does. */
  expectCheck(): void;
}

export const addAccountOptions = (command: Command): Command =>
  command
    .option('--server <url>', 'server to speak to (default: see `backstitch login --help`)', parseServer)
    .option('--token-file <file>', 'file that holds an access token of the account (- is standard input)')
    .option('--account <id>', 'account of this installation, where it has several', parseId)
    .option('--json', 'print JSON');

/**
 * Runs on the account that is meant: over HTTP with its token, or in this installation, where the same API answers in
 * this process, so that no server need run.
 * @throws {Failure} for what the server answers, in its words; {UsageError}.
 */
export async function withClient(
  cli: Cli,
  options: AccountOptions,
  run: (client: Client, connection: Connection) => Promise<void>,
): Promise<void> {
  const chosen = await chooseServer(cli, options);
  // Loaded by the commands that need it alone.
  const { createClient } = await import('#client');
  try {
    if (chosen !== null) {
      if (!options.json) sayWhere(cli, chosen.url, chosen.because);
      const client = createClient({ baseUrl: chosen.url, token: chosen.token });
      return await run(client, { client, server: chosen.url, here: null, expectCheck() {} });
    }
    await using installation = await cli.open();
    const { id: accountId } = await theAccount(installation.store, options.account);
    await using api = await installation.answer(accountId);
    using checks = checksOf(cli, installation);
    const client = createClient({ baseUrl: 'http://this.installation', fetch: api.fetch });
    const here = { installation, accountId };
    await run(client, { client, server: null, here, expectCheck: checks.expect });
  } catch (error) {
    throw failureFromClient(error, chosen?.url);
  }
}

/** Lets this process take checks, after the time that a server on the same installation would need to. */
function checksOf(cli: Cli, { checks }: Installation): Disposable & { expect(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    expect() {
      timer ??= setTimeout(() => checks.start(), serverHeadStart(cli.config()));
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
