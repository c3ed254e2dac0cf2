import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Oldest Node that can run the sources: TypeScript without a flag, and `await using`. */
const oldest = 24;

/** Throws an error with a `help` text for people instead of a stack. */
export class Unusable extends Error {}

/**
 * Path of a Node that can run Backstitch: the one that runs this, or the newer one that `tooling/` locks, installed
 * into `.tooling/` when it is first needed. Its folder then stands first on PATH. Several launches may do this at once.
 * @returns {string}
 */
export function newerNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const locked = createRequire(import.meta.url)('../tooling/package.json').optionalDependencies[name];
  if (!locked) throw new Unusable(tooOld());
  const home = path.join(root, '.tooling', `${name}-${locked}`);
  const node = path.join(home, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) install(home, name, locked);
  if (spawnSync(node, ['--version']).status !== 0) throw new Unusable(tooOld());
  process.env.PATH = `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`;
  return node;
}

/** @param {string} version */
export function isNewEnough(version) {
  return Number(version.split('.')[0]) >= oldest;
}

function tooOld() {
  return `Backstitch needs Node ${oldest} or newer; this is ${process.version} on ${process.platform} ${process.arch}. Install Node ${oldest} from https://nodejs.org and try again.`;
}

/**
 * Installs in a folder of its own and moves it into place in one step: whoever is second finds it there.
 * @param {string} home
 * @param {string} name
 * @param {string} version
 */
function install(home, name, version) {
  console.error(
    `Node ${process.version} is older than ${oldest}: installing Node ${version} into .tooling/ …`,
  );
  mkdirSync(path.dirname(home), { recursive: true });
  const draft = mkdtempSync(path.join(path.dirname(home), 'draft-'));
  try {
    chmodSync(draft, 0o755);
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(path.join(root, 'tooling', file), path.join(draft, file));
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], draft);
    if (!existsSync(path.join(draft, 'node_modules', name, 'bin', 'node')))
      throw new Unusable(
        `npm could not install ${name}@${version}. Is a package registry reachable? ${tooOld()}`,
      );
    move(draft, home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @param {string} folder
 */
function npm(args, folder) {
  const cli = process.env.npm_execpath;
  // npm hands its settings down in variables; the prefix among them would send it back to the project's folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^npm_config_(local_)?prefix$/i.test(key)),
  );
  const [command, first] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  try {
    execFileSync(command, [...first, ...args], { cwd: folder, env, stdio: ['ignore', 'ignore', 2] });
  } catch {
    throw new Unusable(`npm ${args[0]} failed in .tooling/ (see above). ${tooOld()}`);
  }
}

/**
 * Renames a folder. When somebody else has done the same at the same time, theirs stays.
 * @param {string} from
 * @param {string} to
 */
export function move(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (existsSync(from) && !existsSync(to)) throw error;
  }
}
