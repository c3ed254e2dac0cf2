import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..', '..');

/** For a Node that runs our sources in a process of its own. */
export const strippedSources = ['--import', new URL('stripped-sources.mjs', import.meta.url).href];

/**
 * Strips everything in src/, test/ and the client of its types, for stripped-sources.mjs. What has not changed since the last time
 * is left as it is; several runs may do it at once.
 */
export function stripSources(): void {
  for (const folder of ['src', 'test', path.join('client', 'src')]) {
    for (const name of readdirSync(path.join(root, folder), { recursive: true })) {
      if (String(name).endsWith('.ts')) strip(path.join(folder, String(name)));
    }
  }
}

function strip(name: string): void {
  const source = path.join(root, name);
  const stripped = path.join(root, '.tooling', 'stripped', `${name}.js`);
  const { atime, mtime } = statSync(source);
  if (statSync(stripped, { throwIfNoEntry: false })?.mtime.getTime() === mtime.getTime()) return;
  mkdirSync(path.dirname(stripped), { recursive: true });
  const draft = `${stripped}.${process.pid}`;
  writeFileSync(draft, stripTypeScriptTypes(readFileSync(source, 'utf8')));
  utimesSync(draft, atime, mtime);
  renameSync(draft, stripped);
}
