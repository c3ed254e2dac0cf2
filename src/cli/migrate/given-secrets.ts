import { statSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { givenToken } from '../../control/new-token.ts';
import { isJsonObject } from '../../lib/json.ts';
import { readSecret, readTextFile } from '../read-secret.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { MigrationPlan } from './plan.ts';

/** Secrets of what is to be moved, by `<id>.<property>`, or `<id>.import_token` of a source. */
export type Secrets = ReadonlyMap<string, string>;

export const tokenKey = (id: number): string => `${id}.import_token`;
export const secretKey = (id: number, property: string): string => `${id}.${property}`;

/** Where secrets stand that are not to be asked for. */
export interface SecretOptions {
  /** A YAML or JSON file with an entry for each. */
  readonly secrets?: string;
  /** `<id>.<property>=@file`, or `=-` for standard input. */
  readonly secret: readonly string[];
}

/** Reads the secrets that options name. @throws {UsageError} */
export async function readSecrets(terminal: Terminal, { secrets, secret }: SecretOptions): Promise<Secrets> {
  const all = new Map(secrets === undefined ? [] : readFile(terminal, secrets));
  for (const argument of secret) {
    const [key, from] = parseArgument(argument);
    if (all.has(key)) throw new UsageError(`${key} is given twice`);
    all.set(key, await readSecret(terminal, from));
  }
  for (const [key, value] of all)
    if (key.endsWith('.import_token') && !givenToken.pattern.test(value))
      throw new UsageError(`${key} is no token that can be kept: a token ${givenToken.why}`);
  return all;
}

function parseArgument(argument: string): [key: string, from: string] {
  const [, key, from] = /^(\d+\.\w+)=(-|@.+)$/s.exec(argument) ?? [];
  // The argument itself is not repeated: somebody may have typed a password into it.
  if (key === undefined || from === undefined)
    throw new UsageError(
      'a secret is given as <id>.<property>=@file, or <id>.<property>=- for standard input; its value never stands in an argument, which every user of this machine can read',
    );
  return [key, from === '-' ? from : from.slice(1)];
}

function readFile(terminal: Terminal, file: string): [key: string, value: string][] {
  const document = parseDocument(readTextFile(file), { logLevel: 'silent' });
  // What the parser says quotes the line, and a secret with it.
  if (document.errors.length > 0) throw new UsageError(`${file} is neither YAML nor JSON`);
  const entries: unknown = document.toJS();
  if (!isJsonObject(entries)) throw new UsageError(`${file} has no entries such as 155582.password: "…"`);
  if ((statSync(file).mode & 0o077) !== 0)
    terminal.note(`${file} can be read by others on this machine: chmod 600 it, and delete it afterwards.`);
  return Object.entries(entries).map(([key, value]) => {
    if (!/^\d+\.\w+$/.test(key))
      throw new UsageError(`${file}: an entry is called <id>.<property>, such as 155582.password`);
    if (typeof value !== 'string' || value === '')
      throw new UsageError(`${file}: ${key} is no text, or empty: put the value in quotes`);
    return [key, value];
  });
}

/** @throws {UsageError} for secrets of what there is not: a typing error would else be asked for, or missed, later. */
export function refuseStrangers(secrets: Secrets, { destinations, sources }: MigrationPlan): void {
  const known = (key: string): boolean =>
    destinations.some(
      (one) =>
        key.startsWith(`${one.id}.`) &&
        (one.fate !== 'create' || one.secrets.some(({ name }) => key === secretKey(one.id, name))),
    ) || sources.some(({ id }) => key === tokenKey(id));
  const strange = [...secrets.keys()].filter((key) => !known(key));
  if (strange.length > 0)
    throw new UsageError(
      `nothing that moves has these secrets: ${strange.join(', ')}. --dry-run shows what is needed`,
    );
}
