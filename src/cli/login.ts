import type { Command } from 'commander';
import { environmentServer, usableToken } from './chosen-server.ts';
import type { Cli } from './cli.ts';
import { failureFromClient } from './failure-from-client.ts';
import { type Login, loginPath, readLogin, removeLogin, writeLogin } from './login-file.ts';
import { askSecret, readSecret } from './read-secret.ts';
import { configuredServer, parseServer } from './server-address.ts';
import { renderEntries } from './table.ts';
import { UsageError } from './usage-error.ts';

interface LoginOptions {
  readonly server?: URL;
  readonly tokenFile?: string;
  readonly show?: boolean;
  readonly json?: boolean;
}

const whichServer = `
Commands that work on an account look for it in this order:
  1. what the command line says: --server with --token-file; or --account, --data, --store-file, --master-key-file
     for this installation
  2. BACKSTITCH_SERVER, with BACKSTITCH_TOKEN or BACKSTITCH_TOKEN_FILE
  3. the login
  4. this installation, whether or not a server runs on it
A token is sent to the server that it stands beside, and to no other.

The login is kept in $XDG_CONFIG_HOME/backstitch/login.json (~/.config if that is not set), readable by you alone.

Example:
  backstitch login --server https://backstitch.example.com`;

/** `login` and `logout`: which server commands speak to. */
export function addLoginCommands(program: Command, cli: Cli): void {
  program
    .command('login')
    .description('keep the address of a server and an access token of an account there, once they are proved')
    .option('--server <url>', 'address of the server (asked for on a terminal)', parseServer)
    .option(
      '--token-file <file>',
      'file that holds the access token (- is standard input); or it is asked for',
    )
    .option('--show', 'show which server and account you are logged in to')
    .option('--json', 'print JSON')
    .addHelpText('after', whichServer)
    .action(async (options: LoginOptions) => {
      if (options.show) return show(cli, options);
      const login = await prove(cli, await readServer(cli, options), options);
      const file = writeLogin(cli, login);
      if (options.json) return cli.terminal.print(`${JSON.stringify({ ...withoutToken(login), file })}\n`);
      const { id, company } = login.account;
      cli.terminal.print(
        renderEntries({ 'logged in to': login.server.origin, account: `${id} (${company})` }),
      );
      if (isOpen(login.server))
        cli.terminal.note(
          'It is plain HTTP: everybody on the way can read the token. Use https:// if you can.',
        );
    });

  program
    .command('logout')
    .description('forget the login; its token goes on working until it is revoked')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch logout')
    .action(({ json }: { json?: boolean }) => {
      const wasLoggedIn = removeLogin(cli);
      if (json) cli.terminal.print(`${JSON.stringify({ was_logged_in: wasLoggedIn })}\n`);
      else cli.terminal.print(wasLoggedIn ? 'logged out\n' : 'you were not logged in\n');
    });
}

function show(cli: Cli, { server, tokenFile, json }: LoginOptions): void {
  if (server !== undefined || tokenFile !== undefined)
    throw new UsageError('--show takes no --server and no --token-file');
  const login = readLogin(cli);
  cli.terminal.print(
    json ? `${JSON.stringify(login && withoutToken(login), null, 2)}\n` : describe(cli, login),
  );
}

function describe(cli: Cli, login: Login | null): string {
  if (login === null) return 'you are not logged in: backstitch login --server <url>\n';
  const { server, account, since } = login;
  return renderEntries({
    server: server.origin,
    account: `${account.id} (${account.company})`,
    since,
    file: loginPath(cli),
  });
}

const withoutToken = ({ server, account, since }: Login) => ({ server: server.origin, account, since });

async function readServer(cli: Cli, { server }: LoginOptions): Promise<URL> {
  if (server !== undefined) return server;
  const likely = environmentServer(cli) ?? configuredServer(cli);
  if (!cli.terminal.interactive) return likely;
  const answer = (await cli.terminal.ask(`Server [${likely.origin}]`)).trim();
  return answer === '' ? likely : parseAnswer(answer);
}

function parseAnswer(answer: string): URL {
  try {
    return parseServer(answer);
  } catch {
    throw new UsageError(`${answer} is no address of a server: give one such as http://127.0.0.1:8080`);
  }
}

async function prove(cli: Cli, server: URL, { tokenFile }: LoginOptions): Promise<Login> {
  const { terminal, clock } = cli;
  if (tokenFile === undefined && !terminal.interactive)
    throw new UsageError(
      'input is no terminal, so nobody can be asked for the token: give --token-file <file>',
    );
  const given =
    tokenFile === undefined
      ? await askSecret(terminal, 'Access token')
      : await readSecret(terminal, tokenFile);
  const token = usableToken(given);
  const { createClient } = await import('#client');
  try {
    const { id, company } = await createClient({ baseUrl: server, token }).account();
    return { server, token, account: { id, company }, since: new Date(clock.now()).toISOString() };
  } catch (error) {
    throw failureFromClient(error, server);
  }
}

/** What is sent can be read outside this machine. */
const isOpen = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && !/^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname);
