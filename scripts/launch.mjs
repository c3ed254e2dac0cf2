#!/usr/bin/env node
// Plain JavaScript for Node 18 and newer: everything that package.json's scripts do begins here, on whatever Node the
// machine has, and goes on with one that is new enough.
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { newerNode, Unusable } from './newer-node.mjs';
import { run } from './run.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string[]} parts */
const bin = (...parts) => path.join(root, 'node_modules', ...parts);

/**
 * What can be asked for with a flag in first place; everything else is the server's own command line.
 * @type {Record<string, (node: string, args: string[]) => Promise<number>>}
 */
const tasks = {
  '--build': async (node) => {
    build({ root, node, force: true });
    return await run(node, [bin('typescript', 'bin', 'tsc'), '-p', 'client'], { cwd: root });
  },
  '--test': (node, args) => run(node, [bin('vitest', 'vitest.mjs'), 'run', ...args], { cwd: root }),
  '--check': async (node) => {
    const results = [];
    for (const check of checks) results.push(await run(node, check, { cwd: root }));
    return results.find((code) => code !== 0) ?? 0;
  },
  '--docs': (node) => run(node, [path.join('scripts', 'write-docs.ts')], { cwd: root }),
  '--postgres': (node) => run(node, [path.join('scripts', 'try-postgres.ts')], { cwd: root }),
  '--demo': (node, args) => run(node, [path.join('scripts', 'demo.ts'), ...args], { cwd: root }),
  '--bench': async (node, args) => {
    build({ root, node });
    return await run(node, [path.join('bench', 'control-plane.ts'), ...args], { cwd: root });
  },
};

/** The same three that test/repository holds: types, style, nothing unused. */
const checks = [
  [bin('typescript', 'bin', 'tsc')],
  [bin('typescript', 'bin', 'tsc'), '-p', 'console'],
  [bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '.'],
  [bin('knip', 'bin', 'knip.js')],
];

/**
 * How glibc keeps memory: with an arena for each thread, bodies of a megabyte leave gaps in all of them that are never
 * given back, and the server grows for as long as it loads. deploy/backstitch says the same.
 */
const allocation = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '262144' };

/** @param {string[]} args */
async function launch([first = '--help', ...rest]) {
  if (!existsSync(bin('pino')))
    throw new Unusable('The packages are not installed: run `npm ci`, then try again.');
  const node = newerNode();
  const task = tasks[first];
  if (task) return await task(node, rest);
  build({ root, node });
  return await run(node, [path.join(root, 'dist', 'main.js'), first, ...rest], {
    env: { ...allocation, ...process.env },
  });
}

try {
  process.exitCode = await launch(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
