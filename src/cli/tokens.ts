import type { Command } from 'commander';
import { Failure } from '../errors/failure.ts';
import { renderTimestamp } from '../model/timestamp.ts';
import { existing } from './accounts.ts';
import type { Cli } from './cli.ts';
import { parseId } from './parse-arguments.ts';
import { givenSecret } from './read-secret.ts';
import { renderEntries, renderTable } from './table.ts';

/** `tokens …`: what clients sign in with. Values are stored hashed: nobody can look one up later. */
export function addTokensCommand(program: Command, cli: Cli): void {
  const tokens = program.command('tokens').description('create, list and revoke access tokens');
  addCreate(tokens, cli);
  addList(tokens, cli);
  addRevoke(tokens, cli);
}

interface CreateOptions {
  readonly account: number;
  readonly name?: string;
  readonly valueFile?: string;
  readonly askValue?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

function addCreate(tokens: Command, cli: Cli): void {
  tokens
    .command('create')
    .alias('add')
    .description('create an access token; its value is shown once')
    .requiredOption('--account <id>', 'account it belongs to', parseId)
    .option('--name <name>', 'what it is for, for lists')
    .option('--value-file <file>', 'take the value in this file (- is standard input) instead of a new one')
    .option('--ask-value', 'ask for the value to take')
    .option('--quiet', 'print the value alone')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  TOKEN=$(backstitch tokens create --account 100001 --name ci --quiet)',
    )
    .action(async (options: CreateOptions) => {
      const value = await givenSecret(cli.terminal, 'Token', options.valueFile, options.askValue);
      await using installation = await cli.open();
      existing(await installation.store.accounts.get(options.account), options.account);
      const token = await installation.accounts.issueToken(options.account, {
        kind: 'access',
        ...(options.name === undefined ? {} : { name: options.name }),
        ...(value === undefined ? {} : { value }),
      });
      const { terminal } = cli;
      if (options.quiet) return terminal.print(`${token.value}\n`);
      const shown = { id: token.id, account_id: options.account, access_token: token.value };
      if (options.json) return terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
      terminal.print(renderEntries({ id: token.id, account: options.account, token: token.value }));
      terminal.note('The token is shown this once: keep it now.');
    });
}

function addList(tokens: Command, cli: Cli): void {
  tokens
    .command('list')
    .description('list the tokens of an account, without their values')
    .requiredOption('--account <id>', 'account they belong to', parseId)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch tokens list --account 100001')
    .action(async (options: { account: number; json?: boolean }) => {
      await using installation = await cli.open();
      existing(await installation.store.accounts.get(options.account), options.account);
      const found = await installation.store.tokens.list(options.account);
      if (options.json) {
        const shown = found.map((token) => ({
          id: token.id,
          kind: token.kind,
          name: token.name,
          hint: token.hint,
          created_at: renderTimestamp(token.createdAt),
          revoked_at: token.revokedAt === null ? null : renderTimestamp(token.revokedAt),
        }));
        return cli.terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
      }
      const rows = found.map((token) => [
        token.id,
        token.kind,
        `…${token.hint}`,
        token.name,
        token.revokedAt === null ? 'active' : 'revoked',
        renderTimestamp(token.createdAt),
      ]);
      const headings = ['ID', 'KIND', 'ENDS IN', 'NAME', 'STATE', 'CREATED'];
      cli.terminal.print(renderTable(headings, rows, `Account ${options.account} has no tokens.`));
    });
}

function addRevoke(tokens: Command, cli: Cli): void {
  tokens
    .command('revoke')
    .description('revoke a token; running servers refuse it within a second')
    .argument('<id>', 'id of the token, as list shows it', parseId)
    .requiredOption('--account <id>', 'account it belongs to', parseId)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch tokens revoke 12 --account 100001')
    .action(async (id: number, options: { account: number; json?: boolean }) => {
      await using installation = await cli.open();
      if (!(await installation.store.tokens.revoke(options.account, id))) {
        const message = `account ${options.account} has no live token ${id}`;
        const remedy = `List its tokens with: backstitch tokens list --account ${options.account}`;
        throw new Failure('InvalidId', message, { remedy });
      }
      if (options.json) cli.terminal.print(`${JSON.stringify({ id, revoked: true })}\n`);
      else cli.terminal.print(`token ${id} is revoked\n`);
    });
}
