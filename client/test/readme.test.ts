import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ImportRoom, type ImportRoomSource, openImportRoom } from '../../test/support/import-room.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = readme.split(/^## /m).flatMap((section) => {
  const title = section.slice(0, section.indexOf('\n'));
  return [...section.matchAll(/^```js\n(.*?)^```/gms)].map(([, code = '']) => ({ title, code }));
});

let room: ImportRoom;
let source: ImportRoomSource;
let folder: string;
beforeAll(async () => {
  room = await openImportRoom();
  source = await room.addSource();
  // Beside node_modules, where the package is found by its name.
  mkdirSync('.tooling', { recursive: true });
  folder = mkdtempSync(path.join('.tooling', 'readme-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await room?.[Symbol.asyncDispose]();
});

const saysWhat: Readonly<Record<string, RegExp>> = {
  Destinations: /failed connect|succeeded \d/,
  Records: /1000 records are durable, 0 were set aside/,
  'What happens': /connect/,
  'Long lists': /^(orders loaded\n)?$/,
};

test.each(examples)('the example of "$title" in the README runs', async ({ title, code }) => {
  const file = path.join(folder, 'example.mjs');
  writeFileSync(file, code);
  const environment = {
    PATH: process.env.PATH,
    BACKSTITCH_URL: room.address,
    BACKSTITCH_TOKEN: room.token,
    BACKSTITCH_IMPORT_TOKEN: source.token,
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', file], {
    env: environment,
    timeout: 25_000,
  });
  expect(stdout).toMatch(saysWhat[title] ?? /never/);
});
