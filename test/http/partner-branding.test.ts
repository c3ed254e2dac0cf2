import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer, type Visitor } from '../support/test-server.ts';

const secret = 'secret of the partner with a logo';
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
const logo = { type: 'image/svg+xml', base64: svg.toString('base64'), hash: hash('sha256', svg) } as const;

let server: TestServer;
let customer: Visitor;
beforeAll(async () => {
  server = await startTestServer();
  await server.store.partners.put({ id: 'acme', name: 'Acme', secretHash: hash('sha256', secret) });
  const form = { company: 'Customer', email: 'customer@example.com', firstName: 'A', lastName: 'B' };
  const { account, token } = await server.accounts.create({ ...form, partnerId: 'acme' });
  customer = { accountId: account.id, token: token.value, tokenId: token.id };
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const partnerOf = async (as: Visitor) =>
  (await server.request('GET', '/v4/account', { as })).json<{ partner: unknown }>().partner;
const logoOf = async (as: Visitor, path = '/v4/account/partner-logo') =>
  await server.request('GET', path, { as });

test('an account says which partner made it, and where its users come from', async () => {
  expect(await partnerOf(server.visitor)).toBeNull();
  expect(await partnerOf(customer)).toEqual({ name: 'Acme', logo: null, return_url: null });
  await server.store.partners.brand('acme', { returnUrl: 'https://app.acme.example/data' });
  expect(await partnerOf(customer)).toMatchObject({ return_url: 'https://app.acme.example/data' });
});

test('its logo is a picture that can run nothing, and has another address when it changes', async () => {
  expect((await logoOf(customer)).status).toBe(404);
  await server.store.partners.brand('acme', { logo });
  const { logo: address } = (await partnerOf(customer)) as { logo: string };
  expect(address).toBe(`/v4/account/partner-logo?v=${logo.hash.slice(0, 16)}`);
  const answer = await logoOf(customer, address);
  expect([answer.status, answer.body]).toEqual([200, svg]);
  expect(answer.headers).toMatchObject({
    'content-type': 'image/svg+xml',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, max-age=86400',
  });
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toMatch(/default-src 'none'.*sandbox/);
  expect(policy).not.toContain('script-src');
});

test('nobody else is shown it, and it goes with the partner', async () => {
  await server.store.partners.brand('acme', { logo });
  expect((await logoOf(server.visitor)).status).toBe(404);
  expect(
    (await server.request('GET', '/v4/account/partner-logo', { headers: { authorization: '' } })).status,
  ).toBe(401);
  await server.store.partners.remove('acme');
  expect([await partnerOf(customer), (await logoOf(customer)).status]).toEqual([null, 404]);
});
