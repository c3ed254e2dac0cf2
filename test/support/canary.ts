import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Program } from './program.ts';

/** A secret that can be told from everything else, for tests that look for it everywhere afterwards. */
export const canaryOf = (kind: string): string => `canary-${kind}-${randomBytes(8).toString('hex')}`;

/** Something that was written somewhere, and where. */
export interface Place {
  readonly where: string;
  readonly content: string;
}

/** How a secret could be written by somebody who did not mean to. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inBase64 = ['', 'x', 'xx'].map((before) =>
    Buffer.concat([Buffer.from(before), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, ...inBase64, bytes.toString('hex'), bytes.toString('utf16le')];
}

export const processArguments = ({ pid }: Program): string => {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'latin1') : '';
};

export const outputOf = ({ log, printed, errors }: Program): string =>
  [...log.map((line) => JSON.stringify(line)), ...printed, ...errors].join('\n');

export function filesIn(folder: string): Place[] {
  return readdirSync(folder, { recursive: true })
    .map((file) => path.join(folder, String(file)))
    .filter((file) => statSync(file).isFile())
    .map((file) => ({ where: file, content: readFileSync(file, 'latin1') }));
}

/** Where any of the secrets stands, with what is around it. */
export const leaksOf = (
  secrets: Readonly<Record<string, string>>,
  places: readonly Place[],
): readonly string[] =>
  Object.entries(secrets).flatMap(([kind, secret]) =>
    places.flatMap(({ where, content }) => {
      const found = formsOf(secret)
        .map((form) => content.indexOf(form))
        .filter((index) => index >= 0);
      const at = Math.min(...found);
      return found.length === 0
        ? []
        : [`${kind} in ${where}: ${content.slice(Math.max(0, at - 100), at + 60)}`];
    }),
  );
