import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, isSecretName } from './redact.ts';

const canary = 'kanarienvogel';
const text = (given: string) => createRedactor().text(given);
const value = (given: unknown) => createRedactor().value(given);

describe('a redacted text', () => {
  test.each([
    [`postgres://loader:${canary}@db.example.com/warehouse`],
    [`postgres://loader:${canary}:/?#@${canary}@db/x`],
    [`mysql://:${canary}@db`],
    [`{"url":"https://user:${canary}@host/path"}`],
    [`host=db password=${canary} dbname=x`],
    [`Server=db;Pwd=${canary};Database=x`],
    [`https://host/path?sig=1&access_token=${canary}&page=2`],
    [`{"password":"${canary}","port":1}`],
    [`{ password: '${canary} with spaces' }`],
    [`"secret" : "a\\"${canary}"`],
    [`Key (password)=(${canary}) already exists`],
    [`Authorization: Basic ${canary}`],
    [`authorization=${canary}`],
    [`Bearer ${canary}`],
    [`used ac_${canary}${canary}`],
    [`at_${canary}${canary} and oc_${canary}${canary}`],
    [`-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}\n-----END OPENSSH PRIVATE KEY-----`],
    [`-----BEGIN RSA PRIVATE KEY-----\n${canary} cut off`],
  ])('holds no credential: %s', (given) => {
    expect(text(given)).not.toContain(canary);
    expect(text(given)).toContain('[redacted]');
  });

  test('keeps what surrounds a credential', () => {
    expect(text(`dial postgres://loader:${canary}@db:5432/x failed`)).toBe(
      'dial postgres://loader:[redacted]@db:5432/x failed',
    );
    expect(text(`GET /v4/x?token=${canary}&page=2`)).toBe('GET /v4/x?token=[redacted]&page=2');
  });

  test.each([
    ['password authentication failed for user "loader"'],
    ['The password is wrong: check it and try again.'],
    ['https://example.com:8443/path@2'],
    ['created_at_the_very_beginning_of_time'],
    ['Set a token, then restart.'],
    ['a plain sentence — with “quotes” and ünïcode'],
  ])('is left alone without one: %s', (given) => {
    expect(text(given)).toBe(given);
  });

  test('holds no value that was hidden, however it is encoded', () => {
    const redactor = createRedactor();
    const secret = 'p@ss "wörd"/123';
    redactor.hide(secret);
    const bytes = Buffer.from(secret);
    const forms = [secret, encodeURIComponent(secret), bytes.toString('base64'), bytes.toString('hex')];
    for (const form of forms) expect(redactor.text(`<${form}>`)).toBe('<[redacted]>');
    expect(redactor.text(JSON.stringify({ note: secret }))).toBe('{"note":"[redacted]"}');
  });

  test('cannot move a cursor, end a line or turn the direction of writing', () => {
    expect(text('a\u009b2Jb\u2028c\u202ed\u007f')).toBe('a\\u{9b}2Jb\\u{2028}c\\u{202e}d\\u{7f}');
  });

  test('of great length is cut', () => {
    expect(text('x'.repeat(100_000)).length).toBeLessThan(17_000);
  });
});

describe('a redacted value', () => {
  test('holds no credential under any name', () => {
    const facts = {
      password: canary,
      nested: [{ accessToken: canary, access_token: canary, 'X-Api-Key': canary }],
      headers: { Authorization: `Basic ${canary}`, cookie: canary, 'Set-Cookie': [canary] },
      credentials: { user: 'x', key: canary },
      masterKey: Buffer.from(canary),
      map: new Map([['secret', canary]]),
      set: new Set([`Bearer ${canary}`]),
      [`ac_${canary}${canary}`]: 1,
    };
    expect(JSON.stringify(value(facts))).not.toContain(canary);
  });

  test('keeps facts that are only about credentials', () => {
    const facts = {
      tokenId: 12,
      credentialNames: ['password'],
      token_hint: 'wxyz',
      passwordProvided: true,
      publicKey: 'ssh-ed25519 AAAA',
      secretReuse: 'refuse',
      keyFingerprint: 'SHA256:x',
    };
    expect(value(facts)).toEqual(facts);
  });

  test('shows an error with its causes, without what a driver adds to it', () => {
    const driver = Object.assign(new Error(`password=${canary}`), {
      code: '23505',
      detail: `Key (x)=(${canary})`,
      where: canary,
    });
    const shown = value(new AggregateError([driver], 'all failed', { cause: driver }));
    expect(shown).toMatchObject({
      type: 'AggregateError',
      message: 'all failed',
      cause: { type: 'Error', code: '23505', message: 'password=[redacted]' },
      errors: [{ code: '23505' }],
    });
    expect(JSON.stringify(shown)).not.toContain(canary);
  });

  test('ends for circles, depths and crowds', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(value({ circle, twice: [circle] })).toEqual({
      circle: { self: '[circular]' },
      twice: [{ self: '[circular]' }],
    });
    const deep = JSON.parse('['.repeat(50) + ']'.repeat(50));
    expect(JSON.stringify(value(deep))).toContain('[deeper]');
    expect(value(Array.from({ length: 1000 }, () => 0))).toHaveLength(101);
  });

  test('is JSON, and stays the same when redacted again', () => {
    const redactor = createRedactor();
    fc.assert(
      fc.property(fc.object({ withBigInt: true, withDate: true, withMap: true, withSet: true }), (given) => {
        const once = redactor.value(given);
        expect(redactor.value(JSON.parse(JSON.stringify(once)))).toEqual(JSON.parse(JSON.stringify(once)));
      }),
      { numRuns: 200 },
    );
  });

  test('does not pollute prototypes', () => {
    const given = JSON.parse('{"__proto__":{"polluted":true}}');
    const shown = value(given) as Record<string, unknown>;
    expect(Object.keys(shown)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

test.each([
  ['password', true],
  ['ssl_password', true],
  ['passphrase', true],
  ['secretAccessKey', true],
  ['service_account_credentials', true],
  ['azure_storage_sas_url', true],
  ['jdbc_url', true],
  ['sentinel_key', true],
  ['masterKey', true],
  ['proxy-authorization', true],
  ['host', false],
  ['key', false],
  ['author', false],
  ['monkey', false],
  ['hostKey', false],
])('the name %s is that of a secret: %s', (name, expected) => {
  expect(isSecretName(name)).toBe(expected);
});
