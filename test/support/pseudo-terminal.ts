import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { until } from './embedded-postgres.ts';
import { strippedSources } from './strip-sources.ts';

/** The program at a real terminal, which script(1) makes, with somebody in front of it. */
export interface PseudoTerminal extends AsyncDisposable {
  /** All that was shown, with the codes that move the cursor. */
  screen(): string;
  /** Waits until the end of the screen is this, and types. */
  answer(question: string, text: string): Promise<void>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
}

export function openPseudoTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): PseudoTerminal {
  const line = [process.execPath, ...strippedSources, 'src/main.ts', ...args].map((word) => `'${word}'`);
  const child = spawn(
    'script',
    ['--quiet', '--return', '--flush', '--command', line.join(' '), '/dev/null'],
    {
      env: { PATH: process.env.PATH, TERM: 'xterm', TZ: 'UTC', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const ended = once(child, 'close').then(([code]) => Number(code));
  return {
    screen: () => shown,
    async answer(question, text) {
      // What came after the question was asked is the cursor's own.
      await until(() => expect(shown.slice(shown.lastIndexOf('\n'))).toContain(question));
      child.stdin.write(`${text}\r`);
      await until(() => expect(shown.slice(shown.lastIndexOf('\n'))).not.toContain(question));
    },
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
