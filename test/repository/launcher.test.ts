import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { isNewEnough } from '../../scripts/newer-node.mjs';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-launcher-'));
  folders.push(folder);
  return folder;
}

/** A program with what the launcher needs around it, whose server prints what `source` says. */
function project(source: string): string {
  const root = temporaryFolder();
  for (const entry of [
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ])
    cpSync(entry, path.join(root, entry), { recursive: true });
  symlinkSync(path.resolve('node_modules'), path.join(root, 'node_modules'));
  mkdirSync(path.join(root, 'src'));
  change(root, source);
  return root;
}

const change = (root: string, source: string) => writeFileSync(path.join(root, 'src', 'main.ts'), source);

function launch(root: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [path.join(root, 'scripts', 'launch.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
    ([output, errors, [code, signal]]) => ({ output, errors, code, signal }),
  );
  return { child, ended };
}

describe('the launcher', () => {
  test('builds what changed, runs it with its arguments, and keeps its exit code', async () => {
    const root = project("console.log(process.argv.slice(2).join(' ') as string); process.exitCode = 3;");
    expect(await launch(root, 'serve', '--port', '0').ended).toEqual({
      output: 'serve --port 0\n',
      errors: '',
      code: 3,
      signal: null,
    });
    change(root, "console.log('changed')");
    expect(await launch(root, 'serve').ended).toMatchObject({ output: 'changed\n', code: 0 });
  });

  test('may be started twice at once', async () => {
    const root = project("console.log('up')");
    const runs = await Promise.all([launch(root, 'serve').ended, launch(root, 'serve').ended]);
    expect(runs).toEqual(
      Array.from({ length: 2 }, () => ({ output: 'up\n', errors: '', code: 0, signal: null })),
    );
    expect(readdirSync(path.join(root, '.tooling'))).toEqual([]);
  });

  test('passes a signal on once, and ends as the server does', async () => {
    const root = project(`
      let signals = 0;
      process.on('SIGTERM', () => {
        signals += 1;
        if (signals === 1) setTimeout(() => { console.log(signals); process.exit(7); }, 300);
      });
      setInterval(() => {}, 1000);
      console.log('ready');
    `);
    const { child, ended } = launch(root, 'serve');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ output: expect.stringMatching(/1\n$/), code: 7 });
  });

  test('ends by the signal that ended the server', async () => {
    const root = project("process.kill(process.pid, 'SIGKILL')");
    expect(await launch(root, 'serve').ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('ends the server when npm, which started it, was killed', async () => {
    const root = project(`
      process.on('SIGTERM', () => { console.log('told to stop'); process.exit(); });
      setInterval(() => {}, 1000);
      console.log('ready');
    `);
    const script = `"${process.execPath}" "${path.join(root, 'scripts', 'launch.mjs')}" serve; true`;
    const npm = spawn('sh', ['-c', script], {
      env: { ...process.env, npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = text(npm.stdout);
    await once(npm.stdout, 'data');
    npm.kill('SIGKILL');
    expect(await output).toMatch(/told to stop\n$/);
  });

  test('says what to do where packages are missing', async () => {
    const root = project('');
    rmSync(path.join(root, 'node_modules'));
    expect(await launch(root, 'serve').ended).toMatchObject({
      errors: 'The packages are not installed: run `npm ci`, then try again.\n',
      code: 1,
    });
  });
});

test.each([
  ['18.20.0', false],
  ['20.20.2', false],
  ['22.23.3', false],
  ['23.11.1', false],
  ['24.0.0', true],
  ['26.1.0', true],
])('Node %s is new enough: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
