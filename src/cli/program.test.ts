import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { systemClock } from '../lib/clock.ts';
import { runProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line without an installation: what the arguments alone decide. */
async function run(...argv: string[]) {
  const written = { out: '', err: '' };
  const terminal: Terminal = {
    interactive: false,
    print(result) {
      written.out += result;
    },
    note(remark) {
      written.err += `${remark}\n`;
    },
    readInput: async () => 'from standard input\n',
    openInput: () => Readable.from([]),
    progress() {},
    askSecret: async () => 'typed',
    ask: async () => 'typed',
  };
  const openInstallation = async () => {
    throw new Failure('StoreUnavailable', 'no store in this test', { remedy: 'Start one.' });
  };
  const serve = async () => 0;
  const code = await runProgram(argv, {
    version: '1.2.3',
    terminal,
    clock: systemClock,
    env: {},
    openInstallation,
    serve,
  });
  return { code, ...written };
}

test('--version prints the version alone', async () => {
  expect(await run('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' });
});

test.each([
  ['accounts', 'create'],
  ['tokens', 'create'],
  ['destinations', 'add'],
  ['partners', 'add'],
])('%s %s --help shows an example and the exit codes', async (...command) => {
  const { code, out } = await run(...command, '--help');
  expect(code).toBe(0);
  expect(out).toContain(`backstitch ${command.join(' ')}`);
  expect(out).toMatch(/Exit codes:\n {2}0 {2}done/);
});

test.each([
  [['acounts'], "unknown command 'acounts'\n(Did you mean accounts?)"],
  [['accounts', 'create'], "required option '--company <name>' not specified"],
  [['tokens', 'list', '--account', 'x'], 'An id is a positive whole number.'],
  [['accounts', 'set-quota', '7'], 'nothing to set: give --destinations or --checks-per-minute'],
  [['accounts', 'set-quota', '7', '--destinations', '-1'], 'whole number of at least 0, or "unlimited"'],
  [['destinations', 'create', '--type', 'postgres', 'password=x'], 'password is a credential'],
  [['tokens', 'create', '--account', '1', '--value-file', '-', '--ask-value'], 'not both'],
  [['tokens', 'create', '--account', '1', '--value-file', '/nowhere'], 'cannot read /nowhere (ENOENT)'],
  [['tokens', 'create', '--account', '1', '--value', 'secret'], "unknown option '--value'"],
  [['target'], 'give an import token: --token-file or --config'],
  [['target', '--server', 'ftp://example.com', '--token-file', 'x'], 'such as http://127.0.0.1:8080'],
  [['target', '--token', 'secret'], "unknown option '--token'"],
  [['target', '--config', '/nowhere'], 'cannot read /nowhere (ENOENT)'],
  [['plan', '/nowhere'], 'cannot read /nowhere (ENOENT)'],
  [['apply', '/nowhere', '--server', 'example.com'], 'such as http://127.0.0.1:8080'],
  [['import', 'x.jsonl', '--table', 't'], 'say where the records go: --source <id> or --token-file <file>'],
  [['import', 'x.jsonl', '--table', 't', '--source', '1', '--token-file', 'x'], 'not both'],
])('%j is wrong usage: exit code 2 and what to write instead', async (argv, message) => {
  const { code, out, err } = await run(...argv);
  expect(err).toContain(message);
  expect(err).toContain('--help');
  expect(out).toBe('');
  expect(code).toBe(2);
});

test('a failure says what to do, for people on two lines and for programs as JSON', async () => {
  const people = await run('accounts', 'list');
  expect(people).toEqual({ code: 1, out: '', err: 'error: no store in this test\nStart one.\n' });
  const programs = await run('accounts', 'list', '--json');
  expect(JSON.parse(programs.err)).toEqual({
    error: 'StoreUnavailable',
    message: 'no store in this test',
    remedy: 'Start one.',
  });
});

test('config shows every option with its source, and no secret', async () => {
  const { code, out } = await run('config', '--json', '--port', '9');
  const entries = JSON.parse(out) as { option: string; value: unknown; source: string }[];
  expect(code).toBe(0);
  expect(entries).toContainEqual({ option: 'BACKSTITCH_PORT', value: 9, source: '--port' });
  expect(entries).toContainEqual({ option: 'BACKSTITCH_HOST', value: '127.0.0.1', source: 'default' });
});

test('a flag of the server that has a wrong value is a matter of configuration', async () => {
  const { code, err } = await run('serve', '--port', 'x');
  expect(code).toBe(4);
  expect(err).toContain('--port: "x" cannot be used');
});

test('wrong usage is JSON for programs, too', async () => {
  const { code, err } = await run('accounts', 'list', '--json', '--bogus');
  expect(code).toBe(2);
  expect(JSON.parse(err)).toMatchObject({ error: 'Usage', message: "unknown option '--bogus'" });
});
