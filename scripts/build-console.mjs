import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { move, Unusable } from './newer-node.mjs';

/**
 * Builds the console into `dist/console`, unless it was built from exactly these sources. Each file that is worth it
 * lies there compressed too, so that the server never compresses. Several builds may run at once.
 * @param {{ root: string, node: string, force?: boolean }} options
 * @returns {boolean} whether something was built
 */
export function buildConsole({ root, node, force = false }) {
  const target = path.join(root, 'dist', 'console');
  const stamp = fingerprint(root);
  if (!force && built(target) === stamp) return false;
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite))
    throw new Unusable(
      'The build of the console needs Vite, which is not installed: run `npm ci --include=dev`, then try again.',
    );
  const tooling = path.join(root, '.tooling');
  mkdirSync(tooling, { recursive: true });
  mkdirSync(path.dirname(target), { recursive: true });
  const draft = mkdtempSync(path.join(tooling, 'console-'));
  try {
    const output = path.join(draft, 'new');
    const args = [
      vite,
      'build',
      path.join(root, 'console'),
      '--outDir',
      output,
      '--emptyOutDir',
      '--logLevel',
      'warn',
    ];
    // Whatever runs this (tests too): what is served is the production build.
    const env = { ...process.env, NODE_ENV: 'production' };
    const { status } = spawnSync(node, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Unusable('The build of the console failed (see above).');
    compress(output);
    writeFileSync(path.join(output, '.stamp'), stamp);
    if (existsSync(target)) move(target, path.join(draft, 'old'));
    move(output, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return true;
}

/** @param {string} folder */
function compress(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(html|js|css|svg)$/.test(name)) continue;
    const file = path.join(folder, name);
    const content = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
  }
}

/** @param {string} target */
function built(target) {
  try {
    return readFileSync(path.join(target, '.stamp'), 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * By content, as that of the server.
 * @param {string} root
 */
function fingerprint(root) {
  const folders = ['console', 'client'].filter((folder) => existsSync(path.join(root, folder)));
  const names = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile() && !/node_modules|[\\/]dist\b/.test(entry.parentPath))
      .filter((entry) => !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
  );
  const hash = createHash('sha256');
  for (const name of [...names.sort(), path.join('scripts', 'build-console.mjs'), 'package-lock.json'])
    hash
      .update(`${name}\n`)
      .update(readFileSync(path.join(root, name)))
      .update('\0');
  return hash.digest('hex');
}
