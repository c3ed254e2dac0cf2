import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { formText } from '../control/form-text.ts';
import { type Logo, logoTypeOf, mostLogoBytes } from '../model/logo.ts';
import type { BrandingChange } from '../store/partner-store.ts';
import { UsageError } from './usage-error.ts';

/** What the users of a partner's accounts see of it, as options give it. */
export interface BrandingOptions {
  readonly name?: string;
  /** False with --no-logo. */
  readonly logo?: string | false;
  /** False with --no-return-url. */
  readonly returnUrl?: string | false;
}

export const addBrandingOptions = (command: Command): Command =>
  command
    .option('--logo <file>', 'picture for the head of the console: PNG, JPEG, WebP or SVG, at most 64 kB')
    .option(
      '--return-url <url>',
      'https address that "Back to …" leads to; users are sent nowhere else',
      parseReturnUrl,
    );

/** @throws {UsageError} when the name or the logo cannot be used. */
export function readBranding({ name, logo, returnUrl }: BrandingOptions): BrandingChange {
  const why = name === undefined ? null : formText(name, 64);
  if (why !== null) throw new UsageError(`the name ${why === 'required' ? 'is empty' : why}`);
  return {
    ...(name !== undefined && { name }),
    ...(logo !== undefined && { logo: logo === false ? null : readLogo(logo) }),
    ...(returnUrl !== undefined && { returnUrl: returnUrl === false ? null : returnUrl }),
  };
}

/** Only https: the page that it leads away from belongs to somebody who is signed in. */
export function parseReturnUrl(text: string): string {
  const url = URL.parse(text);
  const isPlain = url?.protocol === 'https:' && url.username === '' && url.password === '';
  if (isPlain && url.href.length <= 2048) return url.href;
  throw new InvalidArgumentError('Give an address such as https://app.example.com/data.');
}

function readLogo(file: string): Logo {
  const bytes = readBytes(file);
  if (bytes.byteLength > mostLogoBytes)
    throw new UsageError(
      `${file} has ${bytes.byteLength} bytes, and a logo at most ${mostLogoBytes}: make it smaller`,
    );
  const type = logoTypeOf(bytes);
  if (type === null)
    throw new UsageError(`${file} is no picture that is shown: give a PNG, JPEG, WebP or SVG`);
  return { type, base64: bytes.toString('base64'), hash: hash('sha256', bytes, 'hex') };
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UsageError(`cannot read ${file} (${why}): give the path of a file that this user may read`);
  }
}
