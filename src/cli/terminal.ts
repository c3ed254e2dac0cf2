import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Cancelled } from './cancelled.ts';
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
  /** Standard input as it comes, in bytes. @throws {UsageError} when it is a terminal. */
  openInput(): Readable;
  /** Shows on standard error how far something is, in place of what was shown before; null wipes it. Only to people. */
  progress(state: string | null): void;
  /** Asks without showing what is typed. @throws {UsageError} when nobody can answer, or the question is cancelled. */
  askSecret(question: string): Promise<string>;
  /** Asks for a plain answer, shown as it is typed. @throws {UsageError} as {@link askSecret}. */
  ask(question: string): Promise<string>;
}

/** Where a terminal reads and writes; those of a process, or of a test. */
export interface TerminalStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** A terminal over streams. Questions and remarks go to `stderr`. */
export function createTerminal({ stdin, stdout, stderr }: TerminalStreams): Terminal {
  const interactive = Boolean(stdin.isTTY && stderr.isTTY);
  const isWatched = Boolean(stderr.isTTY);
  let hasProgress = false;

  function progress(state: string | null): void {
    if (!isWatched || (state === null && !hasProgress)) return;
    stderr.write(`\r\x1b[K${state ?? ''}`);
    hasProgress = state !== null;
  }

  function input(): Readable {
    if (stdin.isTTY) throw new UsageError('standard input is a terminal: pipe the value in');
    return stdin;
  }

  async function question(prompt: string, hidden: boolean): Promise<string> {
    if (!interactive) throw new UsageError(`${prompt}: nobody can be asked, since input is no terminal`);
    const lines = createInterface({ input: stdin, output: stderr, terminal: true, historySize: 0 });
    try {
      return await new Promise<string>((resolve, reject) => {
        lines.question(`${prompt}: `, resolve);
        if (hidden) muteEcho(lines);
        // Ctrl-C and the end of input close it; after an answer this changes nothing any more.
        lines.once('close', () => reject(new Cancelled('cancelled')));
      });
    } finally {
      lines.close();
      if (hidden) stderr.write('\n');
    }
  }

  return {
    interactive,
    print: (result) => void stdout.write(result),
    note(remark) {
      progress(null);
      stderr.write(`${remark}\n`);
    },
    readInput: async () => await text(input()),
    openInput: input,
    progress,
    askSecret: (prompt) => question(prompt, true),
    ask: (prompt) => question(prompt, false),
  };
}

/** readline has no option for hidden input: what it echoes for each key passes through this one method. */
function muteEcho(lines: ReturnType<typeof createInterface>): void {
  Object.assign(lines, { _writeToOutput: () => {} });
}
