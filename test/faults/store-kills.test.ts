import { expect, test } from 'vitest';
import { createCommandLine, type TestServer } from '../support/command-line.ts';
import { until } from '../support/embedded-postgres.ts';
import { startObjectStore, testKeys } from '../support/object-store.ts';
import { challenge, dataKeys, keyFormat, linesOf, sentinel } from '../support/store-session.ts';

const token = 'token-of-the-store-tests-0123456789abcd';
const [[AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY] = ['', '']] = Object.entries(testKeys);

test('a server that is killed while it loads into a bucket loses nothing and doubles nothing', async () => {
  await using store = await startObjectStore();
  challenge(store);
  await using cli = createCommandLine();
  const settings = {
    BACKSTITCH_TOKEN: token,
    BACKSTITCH_CLIENT_ID: '100',
    AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${store.port}`,
  };
  await using servers = new AsyncDisposableStack();
  const logs: string[] = [];
  async function start(): Promise<TestServer> {
    const started = await cli.serve(settings);
    servers.defer(async () => {
      logs.push(JSON.stringify([started.log, started.printed, started.errors]));
      await started[Symbol.asyncDispose]();
    });
    return started;
  }
  let server = await start();
  const post = async (where: string, body?: object, as = token) => {
    const answer = await server.call(as, 'POST', where, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body as { id: number; name: string; access_token: string };
  };
  await post('/v4/destinations', {
    type: 's3',
    properties: {
      s3_bucket: 'lake',
      output_file_format: 'jsonl',
      s3_key_format_string: keyFormat,
      sentinel_key: sentinel,
    },
  });
  const source = await post('/v4/sources', { type: 'import_api', display_name: 'Shop' });
  const { access_token: importToken } = await post(`/v4/sources/${source.id}/tokens`);

  const sent: number[] = [];
  // Just before the store does as it was asked: a part, the commit, a file, the manifest.
  for (const moment of ['part', 'put _backstitch/lanes/', 'complete', 'put _backstitch/manifests/']) {
    const reached = Promise.withResolvers<void>();
    store.before = async ({ what, key }) => {
      if (!`${what} ${key}`.startsWith(moment)) return;
      store.before = async () => {};
      server.signal('SIGKILL');
      await server.ended;
      reached.resolve();
    };
    const messages = [0, 1, 2].map((n) => ({ action: 'upsert', sequence: n, data: { id: sent.length + n } }));
    const body = { table_name: 'orders', schema: {}, key_names: ['id'], messages };
    await post('/v2/import/batch', body, importToken);
    sent.push(...messages.map(({ data }) => data.id));
    await reached.promise;
    server = await start();
  }
  const standing = () => dataKeys(store).flatMap((key) => linesOf(store, key).map(({ id }) => id));
  await until(() => expect(standing().length).toBeGreaterThanOrEqual(sent.length), 60_000);
  expect(standing().toSorted((one, other) => Number(one) - Number(other))).toEqual(sent);
  await servers.disposeAsync();
  expect(logs.join('')).not.toContain(AWS_SECRET_ACCESS_KEY);
}, 120_000);
