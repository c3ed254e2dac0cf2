import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { namedOptions } from './options.ts';
import { type ConfigSources, parseConfig } from './parse-config.ts';
import { renderOptionsHelp } from './render-options.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const name = path.join(folder, `secret-${Math.random().toString(36).slice(2)}`);
  writeFileSync(name, text);
  return name;
}

function problems(sources: Partial<ConfigSources>): readonly string[] {
  try {
    parseConfig({ env: {}, ...sources });
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.code).toBe('InvalidConfiguration');
    return error.message.split('\n');
  }
}

const masterKey = 'ab'.repeat(32);

describe('the configuration', () => {
  test('is complete without anything given', () => {
    expect(parseConfig({ env: {} })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      data: './data',
      store: 'sqlite',
      token: null,
      networkPolicy: 'private',
      networkAllow: [],
      destinationLimit: null,
      bodyLimit: 1_048_576,
    });
  });

  test('comes from BACKSTITCH_ variables, typed', () => {
    const env = {
      BACKSTITCH_PORT: '0',
      BACKSTITCH_CLIENT_ID: '116078',
      BACKSTITCH_NETWORK_POLICY: 'Public',
      BACKSTITCH_NETWORK_ALLOW: '10.0.0.0/8, fd00::/8,192.0.2.7',
      BACKSTITCH_BODY_LIMIT: '512 kB',
      PATH: '/bin',
    };
    expect(parseConfig({ env })).toMatchObject({
      port: 0,
      clientId: 116078,
      networkPolicy: 'public',
      networkAllow: ['10.0.0.0/8', 'fd00::/8', '192.0.2.7'],
      bodyLimit: 524_288,
    });
  });

  test('takes flags before variables', () => {
    const config = parseConfig({
      env: { BACKSTITCH_PORT: '1' },
      flags: { '--port': '2', '--host': undefined },
    });
    expect(config).toMatchObject({ port: 2, host: '127.0.0.1' });
  });

  test('treats an empty variable as not given', () => {
    expect(parseConfig({ env: { BACKSTITCH_PORT: '', BACKSTITCH_TOKEN: ' ' } })).toMatchObject({
      port: 8080,
      token: null,
    });
  });

  test('reads secrets from files, without the line end', () => {
    const name = file(`${masterKey}\n`);
    expect(parseConfig({ env: { BACKSTITCH_MASTER_KEY_FILE: name } }).masterKey).toBe(masterKey);
    expect(parseConfig({ env: {}, flags: { '--master-key-file': name } }).masterKey).toBe(masterKey);
  });

  test('has no flag that would show a secret to every user of the machine', () => {
    for (const option of namedOptions.filter(({ secret }) => secret))
      expect(option.flag).toBe(
        `--${option.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-file`,
      );
  });
});

describe('a wrong configuration', () => {
  test('names the variable that was meant', () => {
    expect(problems({ env: { BACKSTITCH_PROT: '80' } })).toEqual([
      'BACKSTITCH_PROT is no option of Backstitch; did you mean BACKSTITCH_PORT?',
    ]);
    expect(problems({ env: { BACKSTITCH_MASTERKEY: masterKey } })[0]).toContain('BACKSTITCH_MASTER_KEY?');
    expect(problems({ env: { backstitch_port: '80' } })[0]).toContain('did you mean BACKSTITCH_PORT?');
    expect(problems({ env: { BACKSTITCH_ENTIRELY_ELSEWHERE: '1' } })).toEqual([
      'BACKSTITCH_ENTIRELY_ELSEWHERE is no option of Backstitch',
    ]);
  });

  test('says what is wrong, where, and what is right, for all problems at once', () => {
    expect(
      problems({ env: { BACKSTITCH_PORT: '99999', BACKSTITCH_LOG_LEVEL: 'loud' }, flags: { '--host': '' } }),
    ).toEqual([
      '--host: "" cannot be used; use an address of this machine, or 0.0.0.0 for all of them.',
      'BACKSTITCH_PORT: "99999" cannot be used; use a whole number from 0 to 65535.',
      'BACKSTITCH_LOG_LEVEL: "loud" cannot be used; use debug, info, warn, error, fatal or silent.',
    ]);
  });

  test.each([
    ['BACKSTITCH_PORT', '1e3'],
    ['BACKSTITCH_PORT', '-1'],
    ['BACKSTITCH_CLIENT_ID', '0'],
    ['BACKSTITCH_NETWORK_ALLOW', '10.0.0.0/33'],
    ['BACKSTITCH_NETWORK_ALLOW', 'example.com'],
    ['BACKSTITCH_BODY_LIMIT', '1 TB'],
    ['BACKSTITCH_BODY_LIMIT', '1'],
    ['BACKSTITCH_PUBLIC_URL', 'ftp://example.com'],
    ['BACKSTITCH_STORE', 'mysql://host/db'],
  ])('has %s=%s', (name, value) => {
    expect(problems({ env: { [name]: value } })[0]).toMatch(new RegExp(`^${name}: .* cannot be used; use `));
  });

  test('never repeats a secret', () => {
    const canary = 'canary with spaces';
    for (const name of [
      'BACKSTITCH_TOKEN',
      'BACKSTITCH_MASTER_KEY',
      'BACKSTITCH_STORE',
      'BACKSTITCH_METRICS_TOKEN',
    ]) {
      const [inline, inFile] = [
        problems({ env: { [name]: canary } }),
        problems({ env: { [`${name}_FILE`]: file(canary) } }),
      ];
      expect(inline[0]).toMatch(/^\S+: its value cannot be used; use /);
      expect(`${inline}${inFile}`).not.toContain('canary');
    }
  });

  test('has a secret twice', () => {
    const env = { BACKSTITCH_MASTER_KEY: masterKey, BACKSTITCH_MASTER_KEY_FILE: file(masterKey) };
    expect(problems({ env })).toEqual([
      'BACKSTITCH_MASTER_KEY and BACKSTITCH_MASTER_KEY_FILE are both set: keep one of them.',
    ]);
  });

  test('names a file that cannot be read', () => {
    expect(problems({ env: { BACKSTITCH_TOKEN_FILE: '/does/not/exist' } })).toEqual([
      'BACKSTITCH_TOKEN_FILE: the file /does/not/exist cannot be read (ENOENT).',
    ]);
  });

  test('has half of a pair', () => {
    expect(problems({ env: { BACKSTITCH_TLS_CERT: 'cert.pem' } })[0]).toContain('belong together');
    expect(problems({ env: { BACKSTITCH_PARTNER_ID: 'acme' } })[0]).toContain('belong together');
    expect(problems({ env: { BACKSTITCH_STORE: 'postgres://db/backstitch' } })[0]).toContain(
      'BACKSTITCH_MASTER_KEY',
    );
  });
});

test('the help text names every option', () => {
  const help = renderOptionsHelp();
  for (const option of namedOptions) {
    expect(help).toContain(option.env);
    expect(help).toContain(option.flag);
  }
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThan(121);
});
