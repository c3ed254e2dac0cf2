import type { Command } from 'commander';
import { importServer } from './chosen-server.ts';
import type { Cli } from './cli.ts';
import { parseSeconds } from './parse-arguments.ts';
import { createBatchSender, type SendBatch } from './send-batches.ts';
import { parseServer } from './server-address.ts';
import { UsageError } from './usage-error.ts';

/** What the commands that send records have in common. */
export interface ImportOptions {
  readonly server?: URL;
  readonly tokenFile?: string;
  readonly retryFor: number;
}

export const addImportOptions = (command: Command): Command =>
  command
    .option('--server <url>', 'server to send to (default: see `backstitch login --help`)', parseServer)
    .option('--token-file <file>', 'file that holds an import token of the source')
    .option(
      '--retry-for <seconds>',
      'how long to go on trying while the server cannot be reached or has no room',
      // The server forgets idempotency keys after 24 hours.
      parseSeconds(0, 43_200),
      600,
    );

/** The sender that the options ask for. @throws {UsageError}; {Failure} InvalidConfiguration. */
export function openSender(
  cli: Cli,
  { server, retryFor }: Pick<ImportOptions, 'server' | 'retryFor'>,
  token: string,
): SendBatch {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError('the import token has characters that no token has');
  const { clock, terminal } = cli;
  return createBatchSender({
    target: { server: server ?? importServer(cli), token },
    clock,
    retryMilliseconds: retryFor * 1000,
    note: terminal.note,
  });
}
