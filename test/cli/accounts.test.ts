import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCommandLine, type TestServer } from '../support/command-line.ts';
import { until } from '../support/embedded-postgres.ts';

const cli = createCommandLine();
let server: TestServer;
let emails = 0;

beforeAll(async () => {
  server = await cli.serve({ BACKSTITCH_TOKEN: firstToken });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await cli[Symbol.asyncDispose]();
});

const firstToken = 'first-token-of-these-tests-0123456789';
const create = (...args: string[]) => [
  'accounts',
  'create',
  '--company',
  'Acme',
  '--email',
  `${++emails}@acme.example`,
  ...args,
];
const statusOf = async (token: string) => (await server.call(token, 'GET', '/v4/destinations')).status;

interface Account {
  readonly id: number;
  readonly access_token: string;
}

describe('beside a running server', () => {
  test('an account with a given id and a token from standard input serves an existing client', async () => {
    const token = 'ac_an_existing_clients_own_token_012345';
    const account = await cli.json<Account>(create('--id', '4711', '--token-file', '-'), {
      input: `${token}\n`,
    });
    expect(account).toMatchObject({ id: 4711, company: 'Acme', access_token: token });
    expect(await statusOf(token)).toBe(200);
    const accounts = await cli.json<Account[]>(['accounts', 'list']);
    expect(accounts.map(({ id }) => id)).toContain(4711);
    expect(JSON.stringify(accounts)).not.toContain(token);
  });

  test('a created token is printed alone with --quiet, works, and is refused soon after it is revoked', async () => {
    const { id, access_token } = await cli.json<Account>(create());
    const { out, err } = await cli.run(['tokens', 'create', '--account', String(id), '--quiet']);
    const token = out.trim();
    expect(out).toMatch(/^ac_[\w-]{43}\n$/);
    expect(err).toBe('');
    expect(await statusOf(token)).toBe(200);

    const tokens = await cli.json<{ id: number; hint: string }[]>([
      'tokens',
      'list',
      '--account',
      String(id),
    ]);
    const { id: tokenId } = tokens.find(({ hint }) => token.endsWith(hint))!;
    await cli.json(['tokens', 'revoke', String(tokenId), '--account', String(id)]);
    await until(async () => expect(await statusOf(token)).toBe(401), 5000);
    expect(await statusOf(access_token)).toBe(200);
  });

  test('a token value is taken from a file, once', async () => {
    const { id } = await cli.json<Account>(create());
    const file = path.join(cli.data, 'given-token');
    writeFileSync(file, 'a_token_that_a_client_has_had_for_years\n', { mode: 0o600 });
    const args = ['tokens', 'create', '--account', String(id), '--value-file', file];
    expect(await cli.json(args)).toMatchObject({
      access_token: 'a_token_that_a_client_has_had_for_years',
    });
    const again = await cli.run(args);
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toMatch(/^error: /);
    expect(again.err).not.toContain('for_years');
  });

  test('a suspended account is refused until it is resumed', async () => {
    const { id, access_token } = await cli.json<Account>(create());
    await cli.json(['accounts', 'suspend', String(id)]);
    await until(async () => expect(await statusOf(access_token)).toBe(401), 5000);
    const { out } = await cli.run(['accounts', 'show', String(id)]);
    expect(out).toMatch(/^state +suspended$/m);
    await cli.json(['accounts', 'resume', String(id)]);
    await until(async () => expect(await statusOf(access_token)).toBe(200), 5000);
  });

  test('a quota holds for the API, and can be lifted', async () => {
    const { id, access_token } = await cli.json<Account>(create());
    const quota = (limit: string) => cli.json(['accounts', 'set-quota', String(id), '--destinations', limit]);
    expect(await quota('0')).toMatchObject({ destination_limit: 0 });
    const connection = {
      host: '127.0.0.1',
      port: 1,
      username: 'u',
      database: 'd',
      password: 'p',
      ssl: false,
    };
    const post = () =>
      server.call(access_token, 'POST', '/v3/destinations', { type: 'postgres', connection });
    expect(await post()).toMatchObject({ status: 400, body: 'you are at your destination limit' });
    expect(await quota('unlimited')).toMatchObject({ destination_limit: null });
    expect(await post()).toMatchObject({ status: 200 });
  });

  test('deleting an account has to be confirmed, and ends its tokens', async () => {
    const { id, access_token } = await cli.json<Account>(create());
    const unconfirmed = await cli.run(['accounts', 'delete', String(id)]);
    expect(unconfirmed.code).toBe(2);
    expect(unconfirmed.err).toContain('add --yes to confirm');
    expect(await cli.json(['accounts', 'delete', String(id), '--yes'])).toEqual({ id, deleted: true });
    await until(async () => expect(await statusOf(access_token)).toBe(401), 5000);
    const gone = await cli.run(['accounts', 'show', String(id), '--json']);
    expect(gone.code).toBe(1);
    expect(JSON.parse(gone.err)).toMatchObject({ error: 'InvalidId', message: `there is no account ${id}` });
  });

  test('a partner that was added makes accounts with its secret, until it is removed', async () => {
    const { partner_secret } = await cli.json<{ partner_secret: string }>(['partners', 'add', 'acme']);
    const form = (email: string) => ({
      company: 'By partner',
      email,
      first_name: 'A',
      last_name: 'B',
      partner_id: 'acme',
      partner_secret,
    });
    const post = (email: string) => server.call('', 'POST', '/v3/accounts', form(email));
    expect(await post('one@partner.example')).toMatchObject({ status: 200 });
    expect(await cli.json(['accounts', 'list', '--partner', 'acme'])).toHaveLength(1);
    expect((await cli.run(['partners', 'list'])).out).toMatch(/^acme +acme/m);
    await cli.json(['partners', 'remove', 'acme']);
    expect(await post('two@partner.example')).toMatchObject({ status: 400 });
  });

  test('an account that cannot be made says which field is wrong', async () => {
    const { code, err } = await cli.run(create('--region', 'moon', '--token-file', '-'), {
      input: 'short',
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^error: .*\n {2}region: must be one of us-east-1, eu-central-1/);
    expect(err).not.toContain('short');
  });
});

test('a command that finds no installation says where it looked', async () => {
  const nowhere = path.join(cli.data, 'nowhere');
  const { code, err, out } = await cli.run(['accounts', 'list', '--data', nowhere]);
  expect({ code, out }).toEqual({ code: 4, out: '' });
  expect(err).toContain(nowhere);
  expect(err).toContain('BACKSTITCH_DATA');
});
