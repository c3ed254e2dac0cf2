import path from 'node:path';
import type { Client } from '@backstitch/client';
import type { Command } from 'commander';
import { Failure } from '../errors/failure.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Cli } from './cli.ts';
import { confirm } from './confirm.ts';
import { type AccountState, readAccount } from './declare/account-state.ts';
import { applyPlan } from './declare/apply-plan.ts';
import { makePlan } from './declare/make-plan.ts';
import { parseDeclaration } from './declare/parse-declaration.ts';
import type { Action, Plan } from './declare/plan.ts';
import { renderDone, renderPlan, renderPlanJson, renderThing } from './declare/render-plan.ts';
import { wrongFile } from './declare/wrong-file.ts';
import { exitCodes } from './exit-codes.ts';
import { failureFromClient } from './failure-from-client.ts';
import { printable } from './printable.ts';
import { readTextFile } from './read-secret.ts';
import { type AccountOptions, addAccountOptions, withClient } from './with-client.ts';

interface DeclareOptions extends AccountOptions {
  readonly prune?: boolean;
  readonly secrets?: boolean;
}

interface ApplyOptions extends DeclareOptions {
  /** False with --no-check. */
  readonly check: boolean;
  readonly yes?: boolean;
}

/** `plan` and `apply`: destinations and sources as a file declares them. */
export function addDeclareCommands(program: Command, cli: Cli): void {
  addPlan(program, cli);
  addApply(program, cli);
}

const withDeclareOptions = (command: Command): Command =>
  addAccountOptions(command.argument('<file>', 'YAML file (- is standard input)'))
    .option('--prune', 'delete the destinations and sources that are not in the file')
    .option('--secrets', 'send stored credentials too, to replace those that have changed')
    .addHelpText('after', '\nWhat stands in the file, and what happens with it: docs/declarative.md.');

function addPlan(program: Command, cli: Cli): void {
  withDeclareOptions(program.command('plan'))
    .description('show what `apply` would do; exit code 5 when that is something')
    .addHelpText('after', '\nExample:\n  backstitch plan warehouse.yaml')
    .action(
      async (file: string, options: DeclareOptions) =>
        await withPlan(cli, file, options, async ({ plan }) => {
          const { terminal } = cli;
          if (plan.actions.length > 0) cli.exitWith(exitCodes.changes.code);
          terminal.print(
            options.json ? `${JSON.stringify(renderPlanJson(plan), null, 2)}\n` : renderPlan(plan),
          );
        }),
    );
}

function addApply(program: Command, cli: Cli): void {
  withDeclareOptions(program.command('apply'))
    .description(
      'make destinations and sources what a file declares; new settings are taken only if a connection check succeeds',
    )
    .option('--no-check', 'take new settings unproved')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  backstitch apply warehouse.yaml --yes')
    .action(
      async (file: string, options: ApplyOptions) =>
        await withPlan(cli, file, options, async (planned) => await apply(cli, planned, options)),
    );
}

interface Planned {
  readonly plan: Plan;
  readonly client: Client;
  readonly state: AccountState;
}

/** @throws {UsageError} for what is wrong with the file, all of it. */
async function withPlan(
  cli: Cli,
  file: string,
  options: DeclareOptions,
  run: (planned: Planned) => Promise<void>,
): Promise<void> {
  const isInput = file === '-';
  const name = isInput ? 'standard input' : file;
  const parsed = parseDeclaration(isInput ? await cli.terminal.readInput() : readTextFile(file), name);
  if ('unreadable' in parsed) throw wrongFile(name, parsed.unreadable);
  const { declaration, problems, locate } = parsed;
  const surroundings = { env: cli.env, folder: isInput ? '.' : path.dirname(file) };
  const { prune = false, secrets = false } = options;
  await withClient(cli, options, async (client) => {
    const state = await readAccount(client);
    const made = makePlan(declaration, state, { ...surroundings, prune, secrets });
    const all = [...problems, ...('problems' in made ? made.problems : [])];
    if (all.length > 0 || !('plan' in made))
      throw wrongFile(
        name,
        all.map(({ at, why }) => ({ place: locate(at), why })),
      );
    await run({ plan: made.plan, client, state });
  }).catch((error: unknown) => {
    // A file that is wrong in itself is so whatever the server says.
    if (!(error instanceof Failure) || problems.length === 0) throw error;
    throw wrongFile(
      name,
      problems.map(({ at, why }) => ({ place: locate(at), why })),
    );
  });
}

async function apply(
  { terminal }: Cli,
  { plan, client, state }: Planned,
  options: ApplyOptions,
): Promise<void> {
  const { json, yes, check: strict } = options;
  if (!json) terminal.print(renderPlan(plan));
  const count = plan.actions.length;
  if (count > 0)
    await confirm(terminal, { question: `The account will be changed (${count})`, answer: 'yes', yes });
  const done: { readonly action: Action; readonly changed: boolean }[] = [];
  const shown = () =>
    done.map(({ action, changed }) => ({ action: action.verb, ...renderThing(action), changed }));
  terminal.progress(progressText(plan.actions[0]));
  try {
    await applyPlan(plan, {
      client,
      state,
      strict,
      onDone(action, { id, changed }) {
        done.push({ action: { ...action, id } as Action, changed });
        terminal.progress(null);
        if (!json) terminal.print(renderDone({ ...action, id } as Action, changed));
        terminal.progress(progressText(plan.actions[done.length]));
      },
    });
  } catch (error) {
    throw stopped(error, { terminal, json, done: shown(), left: plan.actions.slice(done.length) });
  } finally {
    terminal.progress(null);
  }
  if (json) terminal.print(`${JSON.stringify({ ...renderPlanJson(plan), done: shown() }, null, 2)}\n`);
}

interface Stop {
  readonly terminal: Cli['terminal'];
  readonly json: boolean | undefined;
  readonly done: readonly JsonObject[];
  readonly left: readonly Action[];
}

/** What went wrong, with what was and was not done. */
function stopped(error: unknown, { terminal, json, done, left }: Stop): unknown {
  const failure = failureFromClient(error);
  if (!(failure instanceof Failure)) return failure;
  const notDone = left.map((action) => ({ action: action.verb, ...renderThing(action) }));
  const { code, message, remedy, data, cause } = failure;
  if (!json) {
    terminal.progress(null);
    const names = left.map(({ kind, name }) => `${kind} ${printable(name)}`);
    terminal.note(`Done: ${done.length}. Not done: ${names.join(', ')}. Run it again to go on there.`);
  }
  return new Failure(code, message, {
    data: { ...data, done, not_done: notDone },
    cause,
    ...(remedy !== undefined && { remedy }),
  });
}

const progressText = (action: Action | undefined): string | null =>
  action === undefined ? null : `${action.kind} ${action.name} …`;
