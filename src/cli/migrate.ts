import { setTimeout as pause } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { Account } from '../model/account.ts';
import type { Cli } from './cli.ts';
import { confirm } from './confirm.ts';
import { exitCodes } from './exit-codes.ts';
import type { Installation } from './installation.ts';
import { askSecrets } from './migrate/ask-secrets.ts';
import { carryOut, type Outcome } from './migrate/carry-out.ts';
import { readSecrets, refuseStrangers, type SecretOptions, tokenKey } from './migrate/given-secrets.ts';
import { makePlan } from './migrate/make-plan.ts';
import { createOriginal } from './migrate/original.ts';
import type { OriginalAccount } from './migrate/original-account.ts';
import { isDone, type MigrationPlan } from './migrate/plan.ts';
import { readOriginal } from './migrate/read-original.ts';
import { closingLines, renderOutcome, renderOutcomeJson } from './migrate/render-outcome.ts';
import { renderPlan, renderPlanJson } from './migrate/render-plan.ts';
import { readStateHere } from './migrate/state-here.ts';
import { parseId } from './parse-arguments.ts';
import { readSecret } from './read-secret.ts';
import { reportReasons } from './report-error.ts';
import { theAccount } from './the-account.ts';
import { UsageError } from './usage-error.ts';

interface MigrateOptions extends SecretOptions {
  readonly from: URL;
  readonly tokenFile: string;
  readonly account?: number;
  readonly newIds?: boolean;
  /** False with --no-check. */
  readonly check: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const help = `
The plan is shown first. Secrets cannot be read from there: they are asked for on a terminal, or taken from
--secrets and --secret. It may be run again: what is here stays as it is, and only the rest is done.
One run moves one account, since a token belongs to one.
What moves and what does not: docs/migrating-from-stitch.md.

Example:
  backstitch migrate --from-stitch --token-file stitch.token --dry-run
  backstitch migrate --from-stitch --token-file stitch.token --secret 155582.password=@password.txt`;

/** `migrate`: an account of the original, with the ids that its clients know. */
export function addMigrateCommand(program: Command, cli: Cli): void {
  program
    .command('migrate')
    .description("recreate a Stitch account's destinations and sources here, with their ids and names")
    .requiredOption('--from-stitch', 'what to move from')
    .requiredOption(
      '--token-file <file>',
      'file that holds an access token of the account there (- is standard input)',
    )
    .option('--from <url>', 'address of its API', parseFrom, new URL('https://api.stitchdata.com'))
    .option(
      '--account <id>',
      'account to move into (default: the one of the same id, or the only one)',
      parseId,
    )
    .option('--secrets <file>', 'YAML or JSON file with an entry <id>.<property> for each secret')
    .option('--secret <secret>', '<id>.<property>=@file or =-; may be given several times', collect, [])
    .option('--new-ids', 'give another id to what has an id that is taken here')
    .option('--no-check', 'create destinations without a connection check that succeeds')
    .option('--dry-run', 'show the plan and change nothing; exit code 5 when there is something to do')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action(async (options: MigrateOptions) => await migrate(cli, options));
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function parseFrom(text: string): URL {
  const url = URL.parse(text);
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username === '' && url.pathname === '/';
  if (isPlain && url.search === '' && url.hash === '') return url;
  throw new InvalidArgumentError('Give the address of an API, such as https://api.stitchdata.com.');
}

async function migrate(cli: Cli, options: MigrateOptions): Promise<void> {
  const { terminal } = cli;
  const fromInput = [options.tokenFile, ...options.secret.map((one) => one.replace(/^[^=]*=/, ''))];
  if (fromInput.filter((one) => one === '-').length > 1)
    throw new UsageError('only one value can come from standard input: put the others into files');
  const token = await readSecret(terminal, options.tokenFile);
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('the token has characters that no token has');
  const given = await readSecrets(terminal, options);

  await using installation = await cli.open();
  const original = await read(cli, installation, options.from, token);
  const account = await accountFor(installation, original, options.account);
  const state = await readStateHere(installation.store, account, original);
  const plan = makePlan(original, state, { newIds: options.newIds ?? false });
  if (!options.json) terminal.print(renderPlan(plan));
  const isNothing = isDone(plan) && !plan.sources.some(({ id }) => given.has(tokenKey(id)));
  if (options.dryRun || isNothing) {
    if (!isNothing) cli.exitWith(exitCodes.changes.code);
    if (options.json) terminal.print(`${JSON.stringify({ ...renderPlanJson(plan), done: [] }, null, 2)}\n`);
    return;
  }
  refuseStrangers(given, plan);
  const ask = async () => await askSecrets(terminal, plan, given);
  const early = terminal.interactive ? null : await ask();
  const question = `Account ${account.id} (${account.company}) will be filled`;
  await confirm(terminal, { question, answer: 'yes', yes: options.yes });
  const outcomes = await carryOut(plan, {
    installation,
    caller: { accountId: account.id, actor: 'cli' },
    answers: early ?? (await ask()),
    strict: options.check,
    now: () => cli.clock.now(),
    onBegin: (what) => terminal.progress(`${what} …`),
    onEnd: (outcome) => report(cli, outcome, options.json),
  });
  finish(cli, plan, outcomes, options.json);
}

async function read(
  { terminal, clock }: Cli,
  { network }: Installation,
  from: URL,
  token: string,
): Promise<OriginalAccount> {
  terminal.progress(`reading ${from.host} …`);
  try {
    return await readOriginal(
      createOriginal({
        network,
        from,
        token,
        pause,
        now: () => clock.now(),
        onRetry: (why, rest) => terminal.note(`${from.host}: ${why}; again in ${Math.ceil(rest / 1000)} s`),
      }),
    );
  } finally {
    terminal.progress(null);
  }
}

/** The account that was named, the one that has the original's id, or the only one. */
async function accountFor(
  { store }: Installation,
  { clientId }: OriginalAccount,
  id: number | undefined,
): Promise<Account> {
  const same = id === undefined && clientId !== null ? await store.accounts.get(clientId) : null;
  return same !== null && same.deletedAt === null ? same : await theAccount(store, id);
}

function report({ terminal }: Cli, outcome: Outcome, json: boolean | undefined): void {
  terminal.progress(null);
  if (json) return;
  if (outcome.failure === null) {
    terminal.print(renderOutcome(outcome));
  } else {
    terminal.note(renderOutcome(outcome).trimEnd());
    reportReasons(terminal, outcome.failure);
  }
}

function finish(
  cli: Cli,
  plan: MigrationPlan,
  outcomes: readonly Outcome[],
  json: boolean | undefined,
): void {
  const failures = outcomes.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  if (failures.length > 0) {
    const isChecks = failures.every(({ code }) => code === 'CheckFailed');
    cli.exitWith((isChecks ? exitCodes.checkFailed : exitCodes.failed).code);
  }
  if (json) {
    const shown = { ...renderPlanJson(plan), done: outcomes.map(renderOutcomeJson) };
    cli.terminal.print(`${JSON.stringify(shown, null, 2)}\n`);
  } else {
    for (const line of closingLines(outcomes)) cli.terminal.note(line);
  }
}
