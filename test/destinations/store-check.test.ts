import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkObjectStore, checkPlan } from '../../src/destinations/object-storage/check.ts';
import { resolveSettings as resolveS3, withServer } from '../../src/destinations/s3/settings.ts';
import { resolveSettings } from '../../src/destinations/storagegrid/settings.ts';
import type { Properties } from '../../src/model/form.ts';
import { type ObjectStore, startObjectStore, testKeys } from '../support/object-store.ts';
import { type CheckOptions, canary, observeCheck } from '../support/observe-check.ts';
import { challenge, sentinel, storeProperties } from '../support/store-session.ts';

let store: ObjectStore;
beforeEach(async () => {
  store = await startObjectStore();
  challenge(store);
});
afterEach(() => store[Symbol.asyncDispose]());

const keysOf = (of: ObjectStore) => [...of.buckets.get('lake')!.keys()];

async function check(rest: Properties = {}, options: CheckOptions = {}, at: { port: number } = store) {
  const settings = resolveSettings(storeProperties(at, rest));
  return await observeCheck(
    { plan: checkPlan(settings), check: (context, plan) => checkObjectStore(settings, context, plan) },
    options,
  );
}

test('passes where files can be written, and leaves nothing', async () => {
  const checked = await check();
  expect(checked.codes).toEqual({});
  expect(Object.keys(checked.statuses)).toEqual([
    'settings',
    'resolve',
    'policy',
    'connect',
    'tls',
    'credentials',
    'bucket',
    'challenge',
    'write',
  ]);
  expect(keysOf(store)).toEqual([sentinel]);
  expect(store.uploads.size).toBe(0);
});

test('tells a wrong key from a wrong secret, and shows neither', async () => {
  const unknown = await check({ access_key_id: canary });
  expect(unknown.codes).toEqual({ bucket: 'access_key_unknown' });
  expect(unknown.refused).toBe(true);
  const wrong = await check({ secret_access_key: canary });
  expect(wrong.codes).toEqual({ bucket: 'secret_key_wrong' });
  expect(wrong.failure?.remedy).toContain('secret_access_key');
});

test('names the bucket that is missing, and the one that is not ours', async () => {
  expect((await check({ s3_bucket: 'nowhere' })).codes).toEqual({ bucket: 'bucket_missing' });
  store.fault = ({ what }) => (what === 'list' ? { status: 403, code: 'AccessDenied' } : undefined);
  const denied = await check();
  expect(denied.codes).toEqual({ bucket: 'bucket_denied' });
  expect(denied.failure?.remedy).toContain(
    '{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":"arn:aws:s3:::lake"}',
  );
});

test('names the challenge file that is missing, and how to make it; then it passes', async () => {
  store.buckets.get('lake')!.delete(sentinel);
  const missing = await check();
  expect(missing.codes).toEqual({ challenge: 'challenge_missing' });
  expect(missing.failure?.remedy).toContain(
    `aws s3api put-object --bucket lake --key ${sentinel} --endpoint-url http://127.0.0.1:${store.port}`,
  );
  challenge(store);
  expect((await check()).failure).toBeNull();
});

describe('what may not be done', () => {
  test.each([
    ['put', 'begin', 'write_denied', '"s3:PutObject"'],
    ['read', 'get', 'read_denied', '"s3:GetObject"'],
  ])('to %s fails with the statement that allows it', async (_, what, code, action) => {
    store.fault = (asked) => (asked.what === what ? { status: 403, code: 'AccessDenied' } : undefined);
    const denied = await check();
    expect(denied.codes).toEqual({ write: code });
    expect(denied.failure?.remedy).toContain(action);
    expect(denied.refused).toBe(true);
  });

  test('to look at the challenge file fails as reading does', async () => {
    store.fault = ({ what }) => (what === 'head' ? { status: 403, code: 'AccessDenied' } : undefined);
    expect((await check()).codes).toEqual({ challenge: 'read_denied' });
  });

  test('to delete is a warning, and what is left is one object, whatever the number of checks', async () => {
    store.fault = ({ what }) => (what === 'delete' ? { status: 403, code: 'AccessDenied' } : undefined);
    await check();
    const denied = await check();
    expect(denied.codes).toEqual({ write: 'delete_denied' });
    expect(denied.failure).toBeNull();
    const left = keysOf(store).filter((key) => key !== sentinel);
    expect(left).toHaveLength(1);
    expect(denied.step('write').message).toContain(left[0]);
    store.fault = () => undefined;
    await check();
    expect(keysOf(store)).toEqual([sentinel]);
  });
});

test('warns of a store that does not know conditions', async () => {
  await using older = await startObjectStore({ conditional: false });
  challenge(older);
  const checked = await check({}, {}, older);
  expect(checked.codes).toEqual({ write: 'no_conditional_writes' });
  older.fault = ({ headers }) =>
    headers['if-none-match'] ? { status: 501, code: 'NotImplemented' } : undefined;
  expect((await check({}, {}, older)).codes).toEqual({ write: 'no_conditional_writes' });
});

test('finds the region that the bucket is in, and says when it cannot', async () => {
  await using elsewhere = await startObjectStore({ region: 'eu-central-1' });
  challenge(elsewhere);
  const found = await check({}, {}, elsewhere);
  expect(found.codes).toEqual({});
  expect(found.step('bucket').message).toContain('eu-central-1');
  store.fault = () => ({ status: 301, code: 'PermanentRedirect' });
  expect((await check()).codes).toEqual({ bucket: 'bucket_elsewhere' });
});

test('tells an error of the store from a request to slow down', async () => {
  store.fault = () => ({ status: 500, code: 'InternalError' });
  expect((await check()).codes).toEqual({ bucket: 'store_failing' });
  store.fault = () => ({ status: 503, code: 'SlowDown' });
  expect((await check()).codes).toEqual({ bucket: 'store_throttles' });
});

test('puts up with what passes', async () => {
  let failed = false;
  store.fault = () => {
    if (failed) return undefined;
    failed = true;
    return { status: 503, code: 'SlowDown' };
  };
  expect((await check()).codes).toEqual({});
});

test('signs by the clock of the store where ours is wrong, and says so where that does not help', async () => {
  await using ahead = await startObjectStore({ ahead: 3_600_000 });
  challenge(ahead);
  expect((await check({}, {}, ahead)).codes).toEqual({});
  store.fault = () => ({ status: 403, code: 'RequestTimeTooSkewed' });
  expect((await check()).codes).toEqual({ bucket: 'clocks_differ' });
});

describe('the type s3', () => {
  const [[AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY] = ['', '']] = Object.entries(testKeys);
  const keys = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  async function checkS3(cloud: Readonly<Record<string, string>>) {
    const settings = withServer(resolveS3(storeProperties(store)), {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${store.port}`,
      ...cloud,
    });
    return await observeCheck(
      { plan: checkPlan(settings), check: (context, plan) => checkObjectStore(settings, context, plan) },
      {},
    );
  }

  test('signs in as the environment of the server says', async () => {
    expect((await checkS3(keys)).codes).toEqual({});
    const wrong = await checkS3({ ...keys, AWS_SECRET_ACCESS_KEY: canary });
    expect(wrong.codes).toEqual({ bucket: 'secret_key_wrong' });
    expect(wrong.failure?.remedy).toContain('AWS_SECRET_ACCESS_KEY');
  });
});
