import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { createTerminal } from '../terminal.ts';
import { readSecrets, refuseStrangers } from './given-secrets.ts';
import type { MigrationPlan } from './plan.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file that its owner alone can read, unless said otherwise. */
function fileOf(text: string, mode = 0o600): string {
  const file = path.join(folder, `${text.length}-${mode}`);
  writeFileSync(file, text, { mode });
  return file;
}
function read(options: { secrets?: string; secret?: string[] }, typed = '') {
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  stdin.end(typed);
  const terminal = createTerminal({ stdin, stdout: new PassThrough(), stderr });
  return {
    given: readSecrets(terminal, { secret: [], ...options }),
    remarks: () => String(stderr.read() ?? ''),
  };
}

test('secrets come from files of their own, from standard input, and from one file in YAML or JSON', async () => {
  const secrets = fileOf('12.password: "0123"\n13.password: two words\n');
  const secret = [`14.password=@${fileOf('from a file\n')}`, '15.password=-'];
  const { given, remarks } = read({ secrets, secret }, 'typed\n');
  expect([...(await given)]).toEqual([
    ['12.password', '0123'],
    ['13.password', 'two words'],
    ['14.password', 'from a file'],
    ['15.password', 'typed'],
  ]);
  expect(remarks()).toBe('');
  const json = read({ secrets: fileOf('{"12.password": "a"}', 0o644) });
  expect([...(await json.given)]).toEqual([['12.password', 'a']]);
  expect(json.remarks()).toContain('can be read by others');
});

test.each([
  [{ secret: ['12.password=hunter2'] }, 'its value never stands in an argument'],
  [{ secret: ['hunter2'] }, '<id>.<property>=@file'],
  [{ secrets: fileOf('12.password: 123456\n') }, '12.password is no text'],
  [{ secrets: fileOf('password: hunter2\n') }, 'an entry is called <id>.<property>'],
  [{ secrets: fileOf('- hunter2\n') }, 'has no entries'],
  [{ secrets: fileOf('12.password: "hunter2\n') }, 'neither YAML nor JSON'],
  [{ secrets: fileOf('12.import_token: hunter2\n') }, 'a token must be 32 to 512'],
  [{ secrets: fileOf('12.password: a\n'), secret: ['12.password=-'] }, '12.password is given twice'],
])('what cannot be used is refused without being shown: %j', async (options, message) => {
  const failed = await read(options).given.catch((error: Error) => error);
  expect(failed).toMatchObject({ name: 'UsageError', message: expect.stringContaining(message) });
  expect((failed as Error).message).not.toContain('hunter2');
});

test('secrets of what does not move are refused, those of what is here already are not needed any more', () => {
  const plan = {
    destinations: [
      { fate: 'create', id: 1, secrets: [{ name: 'password' }] },
      { fate: 'present', id: 2 },
    ],
    sources: [{ id: 3 }],
  } as unknown as MigrationPlan;
  const given = (...keys: string[]) => new Map(keys.map((key) => [key, 'value']));
  refuseStrangers(given('1.password', '2.password', '3.import_token'), plan);
  for (const key of ['1.passwort', '4.password', '1.import_token', '3.password'])
    expect(() => refuseStrangers(given(key), plan)).toThrow(key);
});
