import { hash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RawAnswer } from '../support/http-request.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

interface NewAccount {
  readonly access_token: string;
  readonly stitch_account_id: number;
}

const configured = { id: 'configured', secret: 'secret of the configured partner' };
const stored = { id: 'stored', secret: 'secret of the stored partner' };

let server: TestServer;
beforeAll(async () => {
  const partner = { id: configured.id, secretHash: hash('sha256', configured.secret) };
  server = await startTestServer({ settings: { partner, failedLoginsPerMinute: 1000 } });
  await server.store.partners.put({
    id: stored.id,
    name: 'Stored',
    secretHash: hash('sha256', stored.secret),
  });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

let number = 0;
const form = (partner: typeof stored, changes: object = {}) => ({
  partner_id: partner.id,
  partner_secret: partner.secret,
  first_name: 'Ada',
  last_name: 'Example',
  company: 'Example, Inc.',
  email: `ada.${++number}@example.com`,
  ...changes,
});
const create = async (body: unknown): Promise<RawAnswer> =>
  await server.request('POST', '/v3/accounts', { headers: { authorization: '' }, body });
const made = async (partner: typeof stored, changes: object = {}): Promise<NewAccount> => {
  const answer = await create(form(partner, changes));
  expect(answer.status, answer.text).toBe(200);
  return answer.json();
};

describe('POST /v3/accounts', () => {
  test.each([configured, stored])(
    'makes an account for the $id partner, whose token works',
    async (partner) => {
      const answer = await create(form(partner));
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('application/json;charset=ISO-8859-1');
      const account = answer.json<NewAccount>();
      expect(account).toEqual({
        access_token: expect.stringMatching(/^ac_/),
        stitch_account_id: expect.any(Number),
      });
      const visit = await server.request('GET', '/v4/account', {
        headers: { authorization: account.access_token },
      });
      expect(visit.json()).toMatchObject({ id: account.stitch_account_id, region: 'us-east-1' });
    },
  );

  test('takes the regions of the contract', async () => {
    const account = await made(stored, { region: 'eu-central-1' });
    expect(await server.store.accounts.get(account.stitch_account_id)).toMatchObject({
      region: 'eu-central-1',
      partnerId: 'stored',
    });
  });

  test('refuses an e-mail address that has an account', async () => {
    await made(stored, { email: 'Twice@example.com' });
    const answer = await create(form(stored, { email: 'twice@example.com' }));
    expect([answer.status, answer.json()]).toEqual([
      400,
      {
        code: 'ExistingUser',
        message: 'This email address is already associated with an active user.',
      },
    ]);
  });

  test.each([
    ['partner_id', undefined],
    ['partner_id', 'nobody'],
    ['partner_id', 5],
    ['partner_id', 'a\0b'],
    ['partner_secret', undefined],
    ['partner_secret', 'wrong'],
    ['partner_secret', ''],
    ['partner_secret', {}],
    ['company', undefined],
    ['company', ''],
    ['first_name', undefined],
    ['last_name', null],
    ['email', undefined],
  ])('says that %s is required when it is %j', async (field, value) => {
    const answer = await create(form(stored, { [field]: value }));
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({
      code: 'BadRequest',
      message: 'Invalid form data.',
      errors: { [field]: 'required' },
    });
  });

  test('names every bad field, the credentials included', async () => {
    const answer = await create({ email: 'no address', region: 'mars', first_name: 'x'.repeat(300) });
    expect(answer.json<{ errors: object }>().errors).toEqual({
      company: 'required',
      email: expect.any(String),
      first_name: expect.any(String),
      last_name: 'required',
      partner_id: 'required',
      region: expect.any(String),
    });
  });

  test.each(['', '{', '[]', '"x"', 'null'])('has no field to blame for the body %j', async (body) => {
    const answer = await create(body);
    expect([answer.status, answer.json()]).toEqual([
      400,
      { code: 'BadRequest', message: 'Invalid form data.', errors: {} },
    ]);
  });

  test('stops whoever guesses secrets', async () => {
    await using guarded = await startTestServer({ settings: { failedLoginsPerMinute: 2 } });
    const guess = async () =>
      await guarded.request('POST', '/v3/accounts', {
        headers: { authorization: '' },
        body: form({ id: 'stored', secret: 'a guess' }),
      });
    expect([(await guess()).status, (await guess()).status]).toEqual([400, 400]);
    const refused = await guess();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json()).toMatchObject({ code: 'TooManyRequests', message: expect.any(String) });
  });
});

const basic = ({ id, secret }: typeof stored) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const ask = async (method: string, path: string, body?: unknown, partner = stored): Promise<RawAnswer> =>
  await server.request(method, `/v4/partner/accounts${path}`, {
    headers: { authorization: basic(partner) },
    ...(body === undefined ? {} : { body }),
  });

describe("a partner's accounts", () => {
  let account: NewAccount;
  let id: number;
  beforeEach(async () => {
    account = await made(stored);
    id = account.stitch_account_id;
  });
  const tokenStatus = async (token = account.access_token) =>
    (await server.request('GET', '/v4/account', { headers: { authorization: token } })).status;

  test.each(['', 'Bearer x', 'Basic', 'Basic !', `Basic ${Buffer.from('stored').toString('base64')}`])(
    'are shown to nobody with the credentials %j',
    async (authorization) => {
      for (const path of ['', `/${id}`, `/${id}/tokens`]) {
        const answer = await server.request('GET', `/v4/partner/accounts${path}`, {
          headers: { authorization },
        });
        expect([answer.status, answer.json()]).toEqual([
          401,
          { error: 'Unauthorized', message: expect.any(String) },
        ]);
        expect(answer.headers['www-authenticate']).toBe('Basic realm="backstitch"');
      }
    },
  );

  test("are no business of the account's own token, nor the other way round", async () => {
    const withToken = await server.request('GET', '/v4/partner/accounts', {
      headers: { authorization: account.access_token },
    });
    expect(withToken.status).toBe(401);
    const withSecret = await server.request('GET', '/v4/account', {
      headers: { authorization: basic(stored) },
    });
    expect(withSecret.status).toBe(401);
  });

  test('are listed and shown', async () => {
    const shown = {
      id,
      company: 'Example, Inc.',
      email: expect.stringMatching(/^ada\.\d+@example\.com$/),
      first_name: 'Ada',
      last_name: 'Example',
      region: 'us-east-1',
      destination_limit: null,
      checks_per_minute: null,
      created_at: expect.stringMatching(/Z$/),
      suspended_at: null,
    };
    expect((await ask('GET', `/${id}`)).json()).toEqual(shown);
    const list = (await ask('GET', '')).json<{
      data: object[];
      page: number;
      total: number;
      links: object;
    }>();
    expect(list.data.at(-1)).toEqual(shown);
    expect(list).toMatchObject({ page: 1, total: list.data.length, links: {} });
    expect((await ask('GET', '?page=7')).json()).toMatchObject({
      data: [],
      page: 7,
      links: { previous: '/v4/partner/accounts?page=6' },
    });
    expect((await ask('GET', '?page=x')).json()).toMatchObject({ error: 'InvalidQuery' });
  });

  test('can be limited', async () => {
    const answer = await ask('PUT', `/${id}`, { destination_limit: 3, checks_per_minute: 10 });
    expect(answer.json()).toMatchObject({ destination_limit: 3, checks_per_minute: 10 });
    const cleared = await ask('PUT', `/${id}`, { destination_limit: null });
    expect(cleared.json()).toMatchObject({ destination_limit: null, checks_per_minute: 10 });
  });

  test('can be suspended at once, and woken again', async () => {
    expect(await tokenStatus()).toBe(200);
    const answer = await ask('PUT', `/${id}`, { suspended: true });
    expect(answer.json()).toMatchObject({ suspended_at: expect.stringMatching(/Z$/) });
    expect(await tokenStatus()).toBe(401);
    expect((await ask('PUT', `/${id}`, { suspended: false })).json()).toMatchObject({ suspended_at: null });
    expect(await tokenStatus()).toBe(200);
  });

  test.each([
    '{',
    [],
    { suspended: 'yes' },
    { destination_limit: -1 },
    { checks_per_minute: 1.5 },
    { id: 5 },
    { email: 'x' },
  ])('are not changed by %j', async (body) => {
    const answer = await ask('PUT', `/${id}`, body);
    expect([answer.status, answer.json()]).toMatchObject([400, { error: 'InvalidBody' }]);
  });

  test('can be deleted, and their tokens stop at once', async () => {
    expect(await tokenStatus()).toBe(200);
    const answer = await ask('DELETE', `/${id}`);
    expect([answer.status, answer.text]).toEqual([200, '{}']);
    expect(await tokenStatus()).toBe(401);
    expect((await ask('GET', `/${id}`)).status).toBe(404);
    expect((await ask('DELETE', `/${id}`)).status).toBe(404);
  });

  test('get tokens, which can be listed and revoked at once', async () => {
    const issued = (await ask('POST', `/${id}/tokens`, { name: 'production' })).json<{
      id: number;
      access_token: string;
    }>();
    expect(issued).toEqual({ id: expect.any(Number), access_token: expect.stringMatching(/^ac_/) });
    expect(await tokenStatus(issued.access_token)).toBe(200);
    const list = await ask('GET', `/${id}/tokens`);
    expect(list.json()).toContainEqual({
      id: issued.id,
      kind: 'access',
      name: 'production',
      hint: issued.access_token.slice(-4),
      created_at: expect.stringMatching(/Z$/),
      revoked_at: null,
    });
    expect(list.text).not.toContain(issued.access_token);
    expect((await ask('DELETE', `/${id}/tokens/${issued.id}`)).text).toBe('{}');
    expect(await tokenStatus(issued.access_token)).toBe(401);
    expect((await ask('DELETE', `/${id}/tokens/${issued.id}`)).status).toBe(404);
    expect((await ask('POST', `/${id}/tokens`)).status).toBe(200);
  });

  test.each(['[]', { name: 5 }, { name: '' }, { kind: 'import' }])('get no token for %j', async (body) => {
    expect((await ask('POST', `/${id}/tokens`, body)).json()).toMatchObject({ error: 'InvalidBody' });
  });

  test('of another partner look like missing ones, byte for byte', async () => {
    const foreign = (await made(configured)).stitch_account_id;
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['PUT', '', { suspended: true }],
      ['DELETE', ''],
      ['GET', '/tokens'],
      ['POST', '/tokens', {}],
      ['DELETE', '/tokens/1'],
    ];
    for (const [method, path, body] of calls) {
      const answers: RawAnswer[] = [];
      for (const target of [foreign, 999_999_999, 'abc'])
        answers.push(await ask(method, `/${target}${path}`, body));
      expect(answers.map(({ status, text }) => [status, text])).toEqual(
        Array.from({ length: 3 }, () => [404, answers[0]!.text]),
      );
    }
    expect(await server.store.accounts.get(foreign)).toMatchObject({ suspendedAt: null, deletedAt: null });
  });
});
