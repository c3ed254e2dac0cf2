import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/options.ts';
import { Failure } from '../errors/failure.ts';
import { type BackupManifest, backupSqlite, restoreSqlite, storeFile } from '../store/sqlite/backup.ts';
import type { Cli } from './cli.ts';
import { renderEntries } from './table.ts';
import { UsageError } from './usage-error.ts';

const aboutBackups = `
Works while a server runs, which goes on; what it holds is the state of one instant. What is accepted later is not in it.
The master key is left out unless --with-key asks for it: keep a copy of it somewhere else, since nobody can read stored
credentials without it.

Example:
  backstitch backup /backups/backstitch-2026-01-31`;

const aboutRestoring = `
The data folder must not exist, or be empty. After the restore, tables that were loaded since the backup load on: rows of
tables with keys stay as new as they are; records that waited in the backup and were loaded since stand twice in tables
without keys. What was accepted after the backup and not loaded is lost: send it again.

Example:
  backstitch restore /backups/backstitch-2026-01-31 --data ./data`;

/** `backup` and `restore` of the embedded store. */
export function addBackupCommands(program: Command, cli: Cli): void {
  program
    .command('backup')
    .description('write a consistent copy of the embedded store, beside a running server')
    .argument('<folder>', 'folder to make for it')
    .option('--with-key', 'put the master key beside it: whoever has the folder can read every credential')
    .option('--json', 'print JSON')
    .addHelpText('after', aboutBackups)
    .action((target: string, options: { withKey?: boolean; json?: boolean }) => {
      const config = cli.config();
      const folder = embedded(config, 'pg_dump --format=custom --file=backstitch.dump "$BACKSTITCH_STORE"');
      if (!existsSync(path.join(folder, storeFile)))
        throw new Failure('BackupFailed', `There is no store in ${folder}.`, {
          remedy: 'Set BACKSTITCH_DATA to the data folder of the server.',
        });
      const withKey = options.withKey === true;
      if (withKey && config.masterKey !== null)
        throw new UsageError('--with-key: the master key is given by the configuration, not by a file');
      const manifest = backupSqlite({
        folder,
        target: path.resolve(target),
        withKey,
        programVersion: cli.version,
        now: new Date(cli.clock.now()),
      });
      show(cli, target, manifest, options.json);
      if (!withKey) cli.terminal.note('The master key is not in it: keep a copy of master.key apart.');
    });

  program
    .command('restore')
    .description('put a backup into an empty data folder; the server must not run')
    .argument('<folder>', 'folder of the backup')
    .option('--json', 'print JSON')
    .addHelpText('after', aboutRestoring)
    .action((backup: string, options: { json?: boolean }) => {
      const folder = embedded(cli.config(), 'pg_restore --dbname="$BACKSTITCH_STORE" backstitch.dump');
      const manifest = restoreSqlite({ backup: path.resolve(backup), folder });
      show(cli, folder, manifest, options.json);
      if (!manifest.with_key)
        cli.terminal.note(
          `Put the master key of that time into ${path.join(folder, 'master.key')} before you start.`,
        );
    });
}

/** The data folder. @throws {UsageError} when the store is no embedded one. */
function embedded({ store, data }: Config, instead: string): string {
  if (store === 'sqlite') return path.resolve(data);
  throw new UsageError(`the store is on PostgreSQL, whose own tools do this: ${instead}`);
}

function show(cli: Cli, folder: string, manifest: BackupManifest, json: boolean | undefined): void {
  const entries = {
    folder,
    'made at': manifest.made_at,
    bytes: manifest.bytes,
    'schema version': manifest.schema_version,
    'master key': manifest.with_key ? 'included' : 'not included',
  };
  cli.terminal.print(json ? `${JSON.stringify({ folder, ...manifest }, null, 2)}\n` : renderEntries(entries));
}
