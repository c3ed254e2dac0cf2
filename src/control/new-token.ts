import { randomBytes } from 'node:crypto';
import { Failure } from '../errors/failure.ts';
import type { Token } from '../model/account.ts';
import type { NewTokenValue } from '../store/store.ts';
import { formText } from './form-text.ts';
import { hashToken } from './token-hash.ts';

interface TokenRequest {
  readonly kind: Token['kind'];
  readonly name?: string | undefined;
  /** Given so that existing clients keep theirs; otherwise made: the kind's prefix and 256 random bits. */
  readonly value?: string | undefined;
}

/** A token before it is stored: the value for its owner, and what the store may know of it. */
interface NewToken {
  readonly value: string;
  readonly stored: NewTokenValue;
}

/** What a given value must look like. */
interface TokenRule {
  readonly pattern: RegExp;
  readonly why: string;
}

/** For values that come through an API or a command: long enough to be random, safe in URLs. */
export const givenToken: TokenRule = {
  pattern: /^[\w.~-]{32,512}$/,
  why: 'must be 32 to 512 letters, digits, hyphens, underscores, dots or tildes',
};

/** For the first token of an account, which whoever runs the server may choose freely (compose files, CI). */
export const operatorToken: TokenRule = {
  pattern: /^[\x21-\x7e]{8,512}$/,
  why: 'must be 8 to 512 printable ASCII characters without spaces',
};

const prefixes = { access: 'ac_', import: 'at_' } as const satisfies Record<Token['kind'], string>;

/** @throws {Failure} InvalidForm. */
export function newToken({ kind, name, value = madeToken(kind) }: TokenRequest, rule: TokenRule): NewToken {
  const reasons = {
    token: rule.pattern.test(value) ? null : rule.why,
    name: name === undefined ? null : formText(name),
  };
  const errors = Object.fromEntries(Object.entries(reasons).filter(([, why]) => why !== null));
  if (Object.keys(errors).length > 0)
    throw new Failure('InvalidForm', 'The token cannot be used as it is.', { data: { errors } });
  return { value, stored: { kind, hash: hashToken(value), hint: value.slice(-4), name: name ?? null } };
}

const madeToken = (kind: Token['kind']): string => prefixes[kind] + randomBytes(32).toString('base64url');
