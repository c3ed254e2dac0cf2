import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { UsageError } from './usage-error.ts';

/** Where a command reads and writes. Results go to `print` alone, so that they can be piped. */
export interface Terminal {
  /** Somebody sits there and can answer a question. */
  readonly interactive: boolean;
  /** Writes a result to standard output, as it is. */
  print(result: string): void;
  /** Writes a remark, a hint or an error to standard error, with a line break. */
  note(remark: string): void;
  /** All of standard input. @throws {UsageError} when it is a terminal, where nothing would ever end it. */
  readInput(): Promise<string>;
  /** Asks without showing what is typed. @throws {UsageError} when nobody can answer, or the question is cancelled. */
  askSecret(question: string): Promise<string>;
  /** Asks for a plain answer, shown as it is typed. @throws {UsageError} as {@link askSecret}. */
  ask(question: string): Promise<string>;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  const interactive = Boolean(stdin.isTTY && stderr.isTTY);
  const question = (prompt: string, hidden: boolean): Promise<string> => {
    if (!interactive) throw new UsageError(`${prompt}: nobody can be asked, since input is no terminal`);
    return new Promise((resolve, reject) => {
      const lines = createInterface({ input: stdin, output: stderr, terminal: true, historySize: 0 });
      lines.question(`${prompt}: `, (answer) => {
        lines.close();
        if (hidden) stderr.write('\n');
        resolve(answer);
      });
      if (hidden) muteEcho(lines);
      lines.once('SIGINT', () => lines.close());
      lines.once('close', () => reject(new UsageError('cancelled')));
    });
  };
  return {
    interactive,
    print: (result) => void stdout.write(result),
    note: (remark) => void stderr.write(`${remark}\n`),
    async readInput() {
      if (stdin.isTTY) throw new UsageError('standard input is a terminal: pipe the value in');
      return await text(stdin);
    },
    askSecret: (prompt) => question(prompt, true),
    ask: (prompt) => question(prompt, false),
  };
}

/** readline has no option for hidden input: what it echoes for each key passes through this one method. */
function muteEcho(lines: ReturnType<typeof createInterface>): void {
  Object.assign(lines, { _writeToOutput: () => {} });
}
