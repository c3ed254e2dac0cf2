import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { buildConsole } from './build-console.mjs';
import { move, Unusable } from './newer-node.mjs';

/**
 * Builds `dist/` from `src/` and `dist/console` from `console/`, each unless it was built from exactly these sources.
 * Types are not judged here: that is `npm run check`.
 * @param {{ root: string, node: string, force?: boolean }} options
 * @returns {boolean} whether something was built
 */
export function build(options) {
  const server = buildServer(options);
  const console = existsSync(path.join(options.root, 'console')) && buildConsole(options);
  return server || console;
}

/**
 * The new build takes the old one's place in one step, and several builds may run at once.
 * @param {{ root: string, node: string, force?: boolean }} options
 */
function buildServer({ root, node, force = false }) {
  const dist = path.join(root, 'dist');
  const stamp = fingerprint(root);
  if (!force && built(dist) === stamp) return false;
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(tsc))
    throw new Unusable(
      'The build needs TypeScript, which is not installed: run `npm ci --include=dev`, then try again.',
    );
  const tooling = path.join(root, '.tooling');
  mkdirSync(tooling, { recursive: true });
  const draft = mkdtempSync(path.join(tooling, 'build-'));
  try {
    const args = [tsc, '-p', 'tsconfig.build.json', '--noCheck', '--outDir', path.join(draft, 'dist')];
    const { status } = spawnSync(node, args, { cwd: root, stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Unusable('The build failed (see above).');
    if (existsSync(path.join(root, 'client'))) buildClient({ root, node, tsc, draft });
    writeFileSync(path.join(draft, 'dist', '.stamp'), stamp);
    const console = path.join(dist, 'console');
    if (existsSync(console)) cpSync(console, path.join(draft, 'dist', 'console'), { recursive: true });
    if (existsSync(dist)) move(dist, path.join(draft, 'old'));
    move(path.join(draft, 'dist'), dist);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return true;
}

/**
 * The client that commands talk to other servers with; `#client` of package.json leads there.
 * @param {{ root: string, node: string, tsc: string, draft: string }} options
 */
function buildClient({ root, node, tsc, draft }) {
  const output = path.join(draft, 'dist', 'client');
  const args = [tsc, '-p', 'client', '--noCheck', '--declaration', 'false', '--outDir', output];
  const { status } = spawnSync(node, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Unusable('The build of the client failed (see above).');
}

/** @param {string} dist */
function built(dist) {
  try {
    return readFileSync(path.join(dist, '.stamp'), 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Changes with every source file and with what turns it into JavaScript. By content: a checkout sets times anew.
 * @param {string} root
 */
function fingerprint(root) {
  const sources = ['src', path.join('client', 'src')]
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true }).map((name) =>
        path.join(folder, String(name)),
      ),
    )
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort();
  const hash = createHash('sha256');
  for (const name of [...sources, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'])
    hash
      .update(`${name}\n`)
      .update(readFileSync(path.join(root, name)))
      .update('\0');
  return hash.digest('hex');
}
