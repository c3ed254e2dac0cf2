import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createTerminal } from './terminal.ts';

/** A terminal in front of which somebody types; `shown` is what the screen shows. */
function terminalOf({ isTTY }: { isTTY: boolean }) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const stdout = new PassThrough();
  let shown = '';
  stderr.on('data', (chunk) => {
    shown += chunk;
  });
  return {
    terminal: createTerminal({ stdin, stdout, stderr }),
    type: (text: string) => stdin.write(text),
    stdin,
    shown: () => shown,
  };
}

test('a secret is asked for, and what is typed is not shown', async () => {
  const { terminal, type, shown } = terminalOf({ isTTY: true });
  const asked = terminal.askSecret('password');
  type('hunter2\r');
  expect(await asked).toBe('hunter2');
  expect(shown()).toContain('password: ');
  expect(shown()).not.toMatch(/[hunter2]{2}/);
});

test('several questions can follow one another', async () => {
  const { terminal, type, shown } = terminalOf({ isTTY: true });
  const first = terminal.askSecret('one');
  type('1st\r');
  expect(await first).toBe('1st');
  const second = terminal.ask('two');
  type('2nd\r');
  expect(await second).toBe('2nd');
  expect(shown()).not.toContain('1st');
  expect(shown()).toContain('2nd');
});

test('Ctrl-C cancels a question', async () => {
  const { terminal, type } = terminalOf({ isTTY: true });
  const asked = terminal.askSecret('password');
  type('hun\u0003');
  await expect(asked).rejects.toThrow('cancelled');
});

test('nobody is asked where nobody can answer, and input that never ends is not waited for', async () => {
  const pipe = terminalOf({ isTTY: false });
  await expect(pipe.terminal.askSecret('password')).rejects.toThrow('input is no terminal');
  pipe.stdin.end('piped\n');
  expect(await pipe.terminal.readInput()).toBe('piped\n');
  await expect(terminalOf({ isTTY: true }).terminal.readInput()).rejects.toThrow('pipe the value in');
});

test('progress is shown in one place, makes room for remarks, and only people see it', () => {
  const { terminal, shown } = terminalOf({ isTTY: true });
  terminal.progress('1 record');
  terminal.progress('2 records');
  terminal.note('a remark');
  terminal.progress(null);
  expect(shown()).toBe('\r\x1b[K1 record\r\x1b[K2 records\r\x1b[Ka remark\n');
  const pipe = terminalOf({ isTTY: false });
  pipe.terminal.progress('1 record');
  expect(pipe.shown()).toBe('');
});
