import type { Readable } from 'node:stream';
import { type Command, InvalidArgumentError } from 'commander';
import { isJsonObject } from '../lib/json.ts';
import type { Cli } from './cli.ts';
import { addImportOptions, type ImportOptions, openSender } from './import-options.ts';
import { parseSeconds } from './parse-arguments.ts';
import { readLines } from './read-lines.ts';
import { readSecret, readTextFile } from './read-secret.ts';
import type { SendBatch } from './send-batches.ts';
import { createSequences } from './sequences.ts';
import { parseServer } from './server-address.ts';
import { parseSingerMessage } from './singer-message.ts';
import { createSingerTarget } from './singer-target.ts';
import { UsageError } from './usage-error.ts';

interface TargetOptions extends ImportOptions {
  readonly config?: string;
  readonly batchSeconds: number;
}

/** `target`: a Singer target, which loads through the server. */
export function addTargetCommand(program: Command, cli: Cli): void {
  const command = program
    .command('target')
    .description(
      'be a Singer target: load the messages on standard input through the server, and write each state to standard output once the records before it are safe',
    );
  addImportOptions(command)
    .option('--config <file>', 'Singer configuration: JSON with "url" of the server and "token"')
    .option(
      '--batch-seconds <seconds>',
      'how long a record waits for others at most',
      parseSeconds(1, 3600),
      10,
    )
    .addHelpText(
      'after',
      '\nThe tables have the names of the streams. Messages: SCHEMA, RECORD, STATE, ACTIVATE_VERSION.',
    )
    .addHelpText(
      'after',
      '\nEach batch stands there once, however often it had to be sent. When the tap or this command is ended in the middle,\nthe tap begins again at the last state, and sends what came after it once more: tables with keys keep one row of\neach, tables without keys get such records twice.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  tap-github --config github.json | backstitch target --token-file import-token >> state.jsonl',
    )
    .action(async (options: TargetOptions) => {
      const { server, token } = await receiverOf(cli, options);
      const send = openSender(cli, { ...options, ...(server && { server }) }, token);
      await load(cli, cli.terminal.openInput(), send, options.batchSeconds * 1000);
    });
}

async function load(cli: Cli, input: Readable, send: SendBatch, batchMilliseconds: number): Promise<void> {
  const target = createSingerTarget({
    send,
    emit: (state) => cli.terminal.print(`${state}\n`),
    nextSequence: createSequences(cli.clock),
    batchMilliseconds,
    // Ends the wait for the next line.
    onFailure: (error) => void input.destroy(error),
    note: cli.terminal.note,
  });
  try {
    for await (const lines of readLines(input))
      for (const line of lines) await target.take(parseSingerMessage(line));
  } finally {
    // A tap that died in the middle of a line has written whole ones before; a failure to send fails again.
    await target.finish();
  }
}

interface Receiver {
  readonly server?: URL;
  readonly token: string;
}

async function receiverOf(
  { terminal }: Cli,
  { config, tokenFile, server }: TargetOptions,
): Promise<Receiver> {
  if (config !== undefined && (tokenFile !== undefined || server !== undefined))
    throw new UsageError('take server and token from --config, or from --server and --token-file, not both');
  if (config !== undefined) return parseReceiver(readTextFile(config), config);
  if (tokenFile === undefined) throw new UsageError('give an import token: --token-file or --config');
  if (tokenFile === '-') throw new UsageError('standard input has the messages: give the token in a file');
  return { token: await readSecret(terminal, tokenFile) };
}

function parseReceiver(text: string, file: string): Receiver {
  // The text of a parser's message would show some of what stands in the file.
  const wrong = new UsageError(
    `${file} must be JSON with "token", and "url" where the server is another one`,
  );
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (!isJsonObject(config) || typeof config.token !== 'string') throw wrong;
  if (config.url === undefined) return { token: config.token };
  try {
    return { token: config.token, server: parseServer(String(config.url)) };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`url in ${file} cannot be used. ${error.message}`);
  }
}
