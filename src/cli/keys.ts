import path from 'node:path';
import type { Command } from 'commander';
import { generateMasterKey, type MasterKey, parseMasterKey } from '../store/master-key-file.ts';
import { rotateMasterKey } from '../store/rotate-master-key.ts';
import type { Cli } from './cli.ts';
import { readSecret } from './read-secret.ts';
import { UsageError } from './usage-error.ts';

interface RotateOptions {
  readonly master?: boolean;
  readonly newKeyFile?: string;
  readonly json?: boolean;
}

const explanation = `
Without --master, a new data key is made, every stored credential is sealed anew with it, and the old data key is
retired. With --master, the data keys are wrapped with a new master key; where the key is a file in the data folder,
the file is replaced too. Both work while servers run, and may be repeated after an interruption.

Where the master key is given by the configuration, --new-key-file says which key takes its place. Put that key into
the configuration before a server starts again. Old backups of the store need the old key: keep it with them.

Example:
  backstitch keys rotate --master`;

/** `keys …`: what stored credentials are encrypted with. */
export function addKeysCommand(program: Command, cli: Cli): void {
  program
    .command('keys')
    .description('rotate the keys that stored credentials are encrypted with')
    .command('rotate')
    .description('replace the data key, or the master key')
    .option('--master', 'replace the master key')
    .option('--new-key-file <file>', 'with --master: take the new key in this file (- is standard input)')
    .option('--json', 'print JSON')
    .addHelpText('after', explanation)
    .action(async (options: RotateOptions) => {
      if (options.master) return await rotateMaster(cli, options);
      if (options.newKeyFile !== undefined) throw new UsageError('--new-key-file belongs to --master');
      await using installation = await cli.open();
      const { vault, store } = installation;
      const { resealed } = await vault.rotateDataKey(store.destinations);
      if (options.json) return cli.terminal.print(`${JSON.stringify({ rotated: 'data', resealed })}\n`);
      cli.terminal.print(`the data key is replaced; credentials sealed anew: ${resealed}\n`);
    });
}

async function rotateMaster(cli: Cli, { newKeyFile, json }: RotateOptions): Promise<void> {
  const { masterKey, data } = cli.config();
  const given = newKeyFile === undefined ? null : givenKey(await readSecret(cli.terminal, newKeyFile));
  if (masterKey !== null && given === null) {
    throw new UsageError(
      'the master key is given by the configuration: make a new one (openssl rand -hex 32), keep it safe, and give it with --new-key-file',
    );
  }
  await using installation = await cli.open();
  await rotateMasterKey({
    store: installation.store,
    vault: installation.vault,
    newKey: given ?? generateMasterKey(),
    folder: masterKey === null ? path.resolve(data) : null,
  });
  if (json) return cli.terminal.print(`${JSON.stringify({ rotated: 'master' })}\n`);
  cli.terminal.print('the master key is replaced\n');
  cli.terminal.note(
    masterKey === null
      ? 'Keep a copy of the new key file apart from the backups.'
      : 'Put the new key into the configuration now: no server starts with the old one any more.',
  );
}

function givenKey(text: string): MasterKey {
  const key = parseMasterKey(text);
  if (key) return key;
  throw new UsageError(
    'a master key is 32 random bytes as 64 hex digits or as base64 (openssl rand -hex 32)',
  );
}
