import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../errors/failure.ts';
import { isJsonObject, type Json } from '../lib/json.ts';
import type { CliParts } from './cli.ts';

/** Which server a user works with, and as whom. */
export interface Login {
  readonly server: URL;
  readonly token: string;
  readonly account: { readonly id: number; readonly company: string };
  /** ISO 8601. */
  readonly since: string;
}

/** Where a user's login is kept, by the rules of XDG; null where the user has no home. */
export function loginPath({ env }: Pick<CliParts, 'env'>): string | null {
  const { XDG_CONFIG_HOME: config, HOME: home } = env;
  const folder = config && path.isAbsolute(config) ? config : home && path.join(home, '.config');
  return folder ? path.join(folder, 'backstitch', 'login.json') : null;
}

/** @returns null for who is not logged in. @throws {Failure} InvalidConfiguration when others can read it, or it is damaged. */
export function readLogin(cli: Pick<CliParts, 'env'>): Login | null {
  const file = loginPath(cli);
  const found = file === null ? null : look(file);
  if (file === null || found === null) return null;
  if ((found.mode & 0o077) !== 0)
    throw new Failure('InvalidConfiguration', `other users of this machine can use the token in ${file}`, {
      remedy: `Close it with: chmod 600 ${file}`,
    });
  const login = parseLogin(found.text);
  if (login !== null) return login;
  throw new Failure('InvalidConfiguration', `${file} is damaged`, {
    remedy: 'Make it anew with: backstitch login --server <url>',
  });
}

function look(file: string): { mode: number; text: string } | null {
  try {
    const { mode } = statSync(file);
    return { mode, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (why === 'ENOENT') return null;
    throw new Failure('InvalidConfiguration', `the login in ${file} cannot be read (${why})`, {
      remedy: 'Make the file one that this user may read, or remove it.',
      cause: error,
    });
  }
}

function parseLogin(text: string): Login | null {
  const content = parseJson(text);
  if (!isJsonObject(content)) return null;
  const { server, token, since, account } = content;
  const url = typeof server === 'string' ? URL.parse(server) : null;
  if (url === null || typeof token !== 'string' || typeof since !== 'string' || !isJsonObject(account))
    return null;
  const { id, company } = account;
  if (typeof id !== 'number' || typeof company !== 'string') return null;
  return { server: url, token, since, account: { id, company } };
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** Only its owner can read it, and it is never there in half. @throws {Failure} InvalidConfiguration */
export function writeLogin(cli: Pick<CliParts, 'env'>, login: Login): string {
  const file = loginPath(cli);
  if (file === null)
    throw new Failure('InvalidConfiguration', 'there is no place to keep the login: HOME is not set', {
      remedy: 'Set HOME or XDG_CONFIG_HOME, or give --server and --token-file to each command.',
    });
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600, flush: true });
    // One that was left behind by a crash keeps its mode.
    chmodSync(draft, 0o600);
    renameSync(draft, file);
    return file;
  } catch (error) {
    rmSync(draft, { force: true });
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Failure('InvalidConfiguration', `the login cannot be written to ${file} (${why})`, {
      remedy: 'Set XDG_CONFIG_HOME to a folder that this user may write to.',
      cause: error,
    });
  }
}

/** Removes the file, whatever stands in it. @returns whether there was one. */
export function removeLogin(cli: Pick<CliParts, 'env'>): boolean {
  const file = loginPath(cli);
  if (file === null || statSync(file, { throwIfNoEntry: false }) === undefined) return false;
  rmSync(file);
  return true;
}
