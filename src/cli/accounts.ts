import type { Command } from 'commander';
import { Failure } from '../errors/failure.ts';
import type { Account } from '../model/account.ts';
import { renderTimestamp } from '../model/timestamp.ts';
import type { Cli } from './cli.ts';
import { confirm } from './confirm.ts';
import { parseId, parseLimit } from './parse-arguments.ts';
import { givenSecret } from './read-secret.ts';
import { accountEntries, accountState, renderAccount } from './render-account.ts';
import { renderEntries, renderTable } from './table.ts';
import { UsageError } from './usage-error.ts';

/** `accounts …`: tenants of this server. */
export function addAccountsCommand(program: Command, cli: Cli): void {
  const accounts = program.command('accounts').description('create, list and change accounts');
  addCreate(accounts, cli);
  addReaders(accounts, cli);
  addSwitches(accounts, cli);
  addDelete(accounts, cli);
  addSetQuota(accounts, cli);
}

interface CreateOptions {
  readonly id?: number;
  readonly company: string;
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly region?: string;
  readonly tokenFile?: string;
  readonly askToken?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function addCreate(accounts: Command, cli: Cli): void {
  accounts
    .command('create')
    .alias('add')
    .description('create an account with its SSH key pair and a first access token, which is shown once')
    .requiredOption('--company <name>', 'name of the company or team')
    .requiredOption('--email <address>', 'contact address; no two accounts share one')
    .option('--first-name <name>', 'first name of the contact (default: from the address)')
    .option('--last-name <name>', 'last name of the contact (default: the company)')
    .option('--region <region>', 'us-east-1 or eu-central-1 (default: as configured)')
    .option('--id <id>', 'take this id, so that existing clients keep theirs', parseId)
    .option('--token-file <file>', 'take the token in this file (- is standard input) instead of a new one')
    .option('--ask-token', 'ask for the token to take')
    .option('--quiet', 'print the token alone')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch accounts create --company Acme --email ops@acme.example')
    .action(async (options: CreateOptions) => {
      const token = await givenSecret(cli.terminal, 'Token', options.tokenFile, options.askToken);
      await using installation = await cli.open();
      const { company, email, id, region } = options;
      const { firstName = email.replace(/@.*/, ''), lastName = company } = options;
      const made = await installation.accounts.create({
        company,
        email,
        firstName,
        lastName,
        ...(id === undefined ? {} : { id }),
        ...(region === undefined ? {} : { region }),
        ...(token === undefined ? {} : { token }),
      });
      const { terminal } = cli;
      if (options.quiet) return terminal.print(`${made.token.value}\n`);
      if (options.json) {
        const shown = {
          ...renderAccount(made.account),
          token_id: made.token.id,
          access_token: made.token.value,
        };
        return terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
      }
      terminal.print(renderEntries({ ...accountEntries(made.account), token: made.token.value }));
      terminal.note('The token is shown this once: keep it now.');
    });
}

function addReaders(accounts: Command, cli: Cli): void {
  accounts
    .command('list')
    .description('list the accounts, oldest first')
    .option('--partner <id>', 'only those of this partner')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch accounts list --json')
    .action(async (options: { partner?: string; json?: boolean }) => {
      await using installation = await cli.open();
      const found = await installation.store.accounts.list({ partnerId: options.partner ?? null });
      if (options.json) return cli.terminal.print(`${JSON.stringify(found.map(renderAccount), null, 2)}\n`);
      const rows = found.map((account) => [
        account.id,
        account.company,
        account.email,
        account.partnerId,
        accountState(account),
        renderTimestamp(account.createdAt),
      ]);
      const headings = ['ID', 'COMPANY', 'EMAIL', 'PARTNER', 'STATE', 'CREATED'];
      cli.terminal.print(
        renderTable(headings, rows, 'There are no accounts yet: backstitch accounts create'),
      );
    });

  accounts
    .command('show')
    .description("show one account with the SSH public key that its bastions' authorized_keys must hold")
    .argument('<id>', 'id of the account', parseId)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch accounts show 100001')
    .action(async (id: number, options: { json?: boolean }) => {
      await using installation = await cli.open();
      const account = existing(await installation.store.accounts.get(id), id);
      showAccount(cli, account, options.json);
    });
}

function addSwitches(accounts: Command, cli: Cli): void {
  const directions = [
    { name: 'suspend', suspended: true, what: 'answer 401 to its tokens and rest its work; nothing is lost' },
    { name: 'resume', suspended: false, what: 'end a suspension' },
  ];
  for (const { name, suspended, what } of directions) {
    accounts
      .command(name)
      .description(what)
      .argument('<id>', 'id of the account', parseId)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  backstitch accounts ${name} 100001`)
      .action(async (id: number, options: { json?: boolean }) => {
        await using installation = await cli.open();
        const account = existing(await installation.store.accounts.setSuspended(id, suspended), id);
        showAccount(cli, account, options.json);
      });
  }
}

function addDelete(accounts: Command, cli: Cli): void {
  accounts
    .command('delete')
    .description('delete an account with its destinations, credentials and tokens; this cannot be undone')
    .argument('<id>', 'id of the account', parseId)
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch accounts delete 100001 --yes')
    .action(async (id: number, options: { yes?: boolean; json?: boolean }) => {
      await using installation = await cli.open();
      const account = existing(await installation.store.accounts.get(id), id);
      const question = `Account ${id} (${account.company}) will be deleted with all that belongs to it`;
      await confirm(cli.terminal, { question, answer: String(id), yes: options.yes });
      existing((await installation.store.accounts.delete(id)) ? account : null, id);
      if (options.json) cli.terminal.print(`${JSON.stringify({ id, deleted: true })}\n`);
      else cli.terminal.print(`account ${id} is deleted\n`);
    });
}

interface QuotaOptions {
  readonly destinations?: number | 'unlimited';
  readonly checksPerMinute?: number | 'default';
  readonly json?: boolean;
}

function addSetQuota(accounts: Command, cli: Cli): void {
  accounts
    .command('set-quota')
    .description('limit what an account may use; what is not named keeps its limit')
    .argument('<id>', 'id of the account', parseId)
    .option('--destinations <n>', 'most destinations, or "unlimited"', parseLimit(0, 'unlimited'))
    .option(
      '--checks-per-minute <n>',
      'most checks started in a minute, or "default"',
      parseLimit(1, 'default'),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  backstitch accounts set-quota 100001 --destinations 3')
    .action(async (id: number, options: QuotaOptions) => {
      const { destinations, checksPerMinute } = options;
      if (destinations === undefined && checksPerMinute === undefined) {
        throw new UsageError('nothing to set: give --destinations or --checks-per-minute');
      }
      await using installation = await cli.open();
      const changed = await installation.store.accounts.setQuota(id, {
        ...(destinations === undefined
          ? {}
          : { destinationLimit: destinations === 'unlimited' ? null : destinations }),
        ...(checksPerMinute === undefined
          ? {}
          : { checksPerMinute: checksPerMinute === 'default' ? null : checksPerMinute }),
      });
      showAccount(cli, existing(changed, id), options.json);
    });
}

function showAccount(cli: Cli, account: Account, json: boolean | undefined): void {
  cli.terminal.print(
    json ? `${JSON.stringify(renderAccount(account), null, 2)}\n` : renderEntries(accountEntries(account)),
  );
}

/** @throws {Failure} InvalidId when there is no such account. */
export function existing(account: Account | null, id: number): Account {
  if (account && account.deletedAt === null) return account;
  const remedy = 'List the accounts with: backstitch accounts list';
  throw new Failure('InvalidId', `there is no account ${id}`, { remedy });
}
