import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { Failure } from '../errors/failure.ts';
import type { ExactJsonObject } from '../lib/exact-json.ts';
import type { Cli } from './cli.ts';
import { addImportOptions, type ImportOptions, openSender } from './import-options.ts';
import { parseId } from './parse-arguments.ts';
import { readLines } from './read-lines.ts';
import { readSecret, readTextFile } from './read-secret.ts';
import { type SendBatch, setAside } from './send-batches.ts';
import { createSequences } from './sequences.ts';
import { configuredServer } from './server-address.ts';
import { parseObject } from './singer-message.ts';
import { liveSource } from './sources/render-source.ts';
import { createTableBatch, mostBytes, mostMessages, renderMessage, type TableHead } from './table-batch.ts';
import { UsageError } from './usage-error.ts';
import { withClient } from './with-client.ts';

interface ImportCommandOptions extends ImportOptions {
  readonly source?: number;
  readonly account?: number;
  readonly table: string;
  readonly key?: readonly string[];
  readonly schema?: string;
  readonly fromLine: number;
  readonly json?: boolean;
}

/** `import`: records in a file, into one table. */
export function addImportCommand(program: Command, cli: Cli): void {
  const command = program
    .command('import')
    .description('load a file with a JSON object on each line into a table, through the server')
    .argument('<file>', 'the file (- is standard input)')
    .requiredOption('--table <name>', 'table to load into')
    .option(
      '--key <name>',
      'field of the key, once for each; without any the table is append-only',
      (name: string, before: readonly string[] = []) => [...before, name],
    )
    .option('--source <id>', 'source that the records are of', parseId)
    .option('--account <id>', 'account of this installation, where it has several', parseId);
  addImportOptions(command)
    .option('--schema <file>', 'JSON Schema of the records; without one each value has the type it shows')
    .option('--from-line <number>', 'pass over the lines before', parseId, 1)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nWith --source, the command makes itself an import token and revokes it at the end.\nWith --token-file, it needs no more than that of the server.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  backstitch import orders.jsonl --source 3 --table orders --key id --schema orders.schema.json',
    )
    .action(async (file: string, options: ImportCommandOptions) => {
      const head = headOf(options);
      await withReceiver(cli, file, options, async ({ token, ...receiver }) => {
        const { table } = options;
        const send = openSender(cli, { ...options, ...receiver }, token);
        const sent = await load(cli, file, head, options.fromLine, send);
        if (options.json) cli.terminal.print(`${JSON.stringify({ table, ...sent })}\n`);
        else cli.terminal.print(describe(table, sent));
      });
    });
}

interface Sent {
  readonly records: number;
  /** Of these, those that the server set aside. */
  readonly rejected: number;
}

const describe = (table: string, { records, rejected }: Sent): string =>
  `${records === 1 ? '1 record is' : `${records} records are`} safe in the server, on their way to the table ${table}\n${rejected > 0 ? `${setAside(rejected)}\n` : ''}`;

function headOf({ table, key = [], schema }: ImportCommandOptions): TableHead {
  return { tableName: table, keyNames: key, schema: schema === undefined ? {} : readSchema(schema) };
}

function readSchema(file: string): ExactJsonObject {
  try {
    // Its lines do not count: it is one document.
    return parseObject(Buffer.from(readTextFile(file)), 1);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new UsageError(`${file} is no JSON Schema: ${error.message}`);
  }
}

interface Receiver {
  readonly token: string;
  readonly server?: URL;
}

/** Runs with the token that was given, or with one that lives only as long. */
async function withReceiver(
  cli: Cli,
  file: string,
  { source, account, tokenFile, server, json }: ImportCommandOptions,
  run: (receiver: Receiver) => Promise<void>,
): Promise<void> {
  if (source !== undefined && tokenFile !== undefined)
    throw new UsageError('a token is of one source: give --source or --token-file, not both');
  if (tokenFile === '-' && file === '-')
    throw new UsageError('standard input has the records: give the token in a file');
  if (tokenFile !== undefined)
    return await run({ token: await readSecret(cli.terminal, tokenFile), ...(server && { server }) });
  if (source === undefined)
    throw new UsageError('say where the records go: --source <id> or --token-file <file>');

  const options = {
    ...(server && { server }),
    ...(account !== undefined && { account }),
    ...(json && { json }),
  };
  await withClient(cli, options, async (client, connection) => {
    await liveSource(client, source);
    const { id, access_token: token } = await client.sources.createToken(source);
    try {
      await run({ token, server: connection.server ?? configuredServer(cli) });
    } finally {
      await client.sources.revokeToken(source, id);
    }
  });
}

/** @throws {Failure} that says where to go on. */
async function load(
  { terminal, clock }: Cli,
  file: string,
  head: TableHead,
  fromLine: number,
  send: SendBatch,
): Promise<Sent> {
  const { input, size } = openFile(file, () => terminal.openInput());
  const nextSequence = createSequences(clock);
  let batch = createTableBatch(head);
  let first = fromLine;
  let last = fromLine;
  let sent = 0;
  let rejected = 0;
  let bytesRead = 0;

  async function sendBatch(): Promise<void> {
    if (batch.messages === 0) return;
    rejected += await send({ body: batch.render(), label: `lines ${first} to ${last} of ${file}` });
    sent += batch.messages;
    first = last + 1;
    batch = createTableBatch(head);
    const share = size ? ` (${Math.min(100, Math.floor((bytesRead / size) * 100))} %)` : '';
    terminal.progress(`${sent} records${share}`);
  }

  try {
    for await (const lines of readLines(input))
      for (const { bytes, number } of lines) {
        bytesRead += bytes.length + 1;
        if (number < fromLine) continue;
        const data = parseObject(bytes, number);
        const message = renderMessage({ action: 'upsert', sequence: nextSequence(), data });
        if (batch.messages === mostMessages || batch.bytes + Buffer.byteLength(message) > mostBytes)
          await sendBatch();
        if (batch.messages === 0) first = number;
        last = number;
        batch.add(message);
      }
    await sendBatch();
    return { records: sent, rejected };
  } catch (error) {
    throw error instanceof Failure ? withPlace(error, first, sent) : error;
  } finally {
    terminal.progress(null);
  }
}

/** Tells how to go on without loading anything twice. */
function withPlace(
  { code, message, remedy = '', data, cause }: Failure,
  line: number,
  sent: number,
): Failure {
  const place = `${sent} records before line ${line} are safe in the server: go on with --from-line ${line}.`;
  return new Failure(code, message, { remedy: `${remedy} ${sent > 0 ? place : ''}`.trim(), data, cause });
}

function openFile(file: string, openInput: () => Readable): { input: Readable; size: number | null } {
  if (file === '-') return { input: openInput(), size: null };
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) throw new UsageError(`there is no file ${file}`);
  return { input: createReadStream(file, { highWaterMark: 256 * 1024 }), size: found.size };
}
