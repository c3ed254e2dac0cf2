import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashToken } from '../../src/control/token-hash.ts';
import { type ControlRoom, openControlRoom } from '../support/control-room.ts';

let room: ControlRoom;
beforeAll(async () => {
  room = await openControlRoom();
});
afterAll(async () => await room[Symbol.asyncDispose]());

const form = (email: string) => ({ company: 'Example', email, firstName: 'First', lastName: 'Last' });

test('an account has an SSH key pair and a token that works', async () => {
  const { account, token } = await room.accounts.create(form('one@example.com'));
  expect(account).toMatchObject({ region: 'us-east-1', partnerId: null });
  expect(account.sshPublicKey).toMatch(/^ssh-ed25519 \S+ backstitch$/);
  expect(token.value).toMatch(/^ac_/);
  expect(await room.store.tokens.find(hashToken(token.value))).toEqual({
    id: token.id,
    accountId: account.id,
    kind: 'access',
    sourceId: null,
  });
  const key = await room.store.accounts.sshKey(account.id);
  expect(key?.sealedPrivateKey).not.toContain('PRIVATE KEY');
  expect(await room.vault.open(key!.uid, 'ssh_private_key', key!.sealedPrivateKey)).toContain(
    'BEGIN OPENSSH PRIVATE KEY',
  );
});

test('id and token can be given', async () => {
  const { account, token } = await room.accounts.create({
    ...form('two@example.com'),
    id: 116_078,
    token: 'token-of-a-test',
    region: 'eu-central-1',
  });
  expect(account).toMatchObject({ id: 116_078, region: 'eu-central-1' });
  expect(token.value).toBe('token-of-a-test');
  expect((await room.store.tokens.find(hashToken('token-of-a-test')))?.accountId).toBe(116_078);
});

test('an e-mail address belongs to one account', async () => {
  await room.accounts.create(form('three@example.com'));
  await expect(room.accounts.create(form('Three@Example.com'))).rejects.toMatchObject({
    code: 'ExistingUser',
  });
});

test('more tokens can be issued, with given values too', async () => {
  const { account } = await room.accounts.create(form('four@example.com'));
  const made = await room.accounts.issueToken(account.id, { kind: 'import', name: 'Loader' });
  expect(made.value).toMatch(/^at_/);
  const value = 'kept-from-before-'.repeat(2);
  const given = await room.accounts.issueToken(account.id, { kind: 'access', value });
  expect(await room.store.tokens.find(hashToken(value))).toMatchObject({ id: given.id, kind: 'access' });
  const tokens = await room.store.tokens.list(account.id);
  expect(tokens.map(({ kind, hint, name }) => ({ kind, hint, name }))).toContainEqual({
    kind: 'import',
    hint: made.value.slice(-4),
    name: 'Loader',
  });
  await expect(room.accounts.issueToken(account.id, { kind: 'access', value })).rejects.toMatchObject({
    code: 'InvalidForm',
  });
});

test('an account that does not exist gets no token', async () => {
  await expect(room.accounts.issueToken(987_654_321, { kind: 'access' })).rejects.toMatchObject({
    code: 'InvalidForm',
    data: { errors: { account_id: expect.any(String) } },
  });
});
