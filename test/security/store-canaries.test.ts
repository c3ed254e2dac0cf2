import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { canaryOf, filesIn, leaksOf, outputOf, type Place, processArguments } from '../support/canary.ts';
import { until } from '../support/embedded-postgres.ts';
import { type RawRequest, sendRequest } from '../support/http-request.ts';
import { startObjectStore, testKeys } from '../support/object-store.ts';
import { startServer } from '../support/program.ts';
import { challenge, storeProperties } from '../support/store-session.ts';

interface Made {
  readonly id: number;
  readonly access_token: string;
}

/** Keys of stores, of the form and of the environment, go through what can fail, and are then looked for everywhere. */
test('the secret of a store stays inside whatever fails', async () => {
  const [accessKey = ''] = Object.keys(testKeys);
  const secrets = { token: canaryOf('token'), right: canaryOf('right'), wrong: canaryOf('wrong') };
  const environmentSecret = canaryOf('environment');
  const marker = `marker-${randomBytes(8).toString('hex')}`;
  await using store = await startObjectStore({ keys: { [accessKey]: secrets.right } });
  challenge(store);
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-canaries-'));
  try {
    const places: Place[] = [];
    const server = await startServer({
      BACKSTITCH_DATA: path.join(folder, 'data'),
      BACKSTITCH_TOKEN: secrets.token,
      BACKSTITCH_LOG_LEVEL: 'debug',
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: environmentSecret,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${store.port}`,
    });
    const ask = async (method: string, target: string, request: RawRequest = {}, as = secrets.token) => {
      const headers = {
        authorization: `Bearer ${as}`,
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        prefer: 'wait=20',
        ...request.headers,
      };
      const answer = await sendRequest(server.address, method, target, { ...request, headers });
      places.push({
        where: `answer to ${method} ${target}`,
        content: `${answer.text}\n${answer.rawHeaders.join('\n')}`,
      });
      return answer;
    };
    const properties = (changes: Record<string, string> = {}) =>
      storeProperties(store, { secret_access_key: secrets.right, ...changes });
    const wrong = { secret_access_key: secrets.wrong };
    const made = await ask('POST', '/v4/destinations', {
      body: { type: 'storagegrid', properties: properties(wrong) },
    });
    const one = `/v4/destinations/${made.json<Made>().id}`;
    const put = (changes: Record<string, string>, headers = {}) =>
      ask('PUT', one, { headers, body: { properties: properties(changes) } });
    const strict = { prefer: 'handling=strict' };
    await put(wrong, strict);
    await put({ port: '1' });
    await put({ port: secrets.wrong });
    await put({ endpoint: `https://me:${secrets.wrong}@127.0.0.1` }, strict);
    await put({ s3_bucket: marker });
    await put({ access_key_id: 'AKIASOMEBODYELSE' }, strict);
    await put({ s3_key_format_string: secrets.wrong });
    await put({ secret_access_key: `${secrets.wrong}\0` });
    const { port: _, ...portless } = properties(wrong);
    await ask('POST', '/v4/destination-types/storagegrid/check', { body: { properties: portless } });
    await ask('POST', '/v4/destination-types/storagegrid/check', { body: { properties: properties(wrong) } });
    const { endpoint: _e, port: _p, access_key_id: _a, secret_access_key: _s, ...ofForm } = properties();
    await ask('POST', '/v4/destination-types/s3/check', { body: { properties: ofForm } });
    await ask('POST', '/v4/destination-types/s3/check', { body: { properties: { ...ofForm, ...wrong } } });

    // A load that the store refuses in the middle, saying whatever it likes.
    await put({});
    store.fault = ({ what }) => (what === 'part' ? { status: 403, code: 'AccessDenied' } : undefined);
    const source = await ask('POST', '/v4/sources', {
      body: { type: 'import_api', display_name: 'Shop', properties: {} },
    });
    const issued = await ask('POST', `/v4/sources/${source.json<Made>().id}/tokens`);
    const batch = {
      table_name: 'orders',
      key_names: ['id'],
      schema: {},
      messages: [{ action: 'upsert', sequence: 1, data: { id: 1 } }],
    };
    await ask('POST', '/v2/import/batch', { body: batch }, issued.json<Made>().access_token);
    await until(() => expect(store.asked.some(({ what }) => what === 'abort')).toBe(true));
    for (const target of ['/checks', '/history', '/last-connection-check'])
      await ask('GET', `${one}${target}`);
    for (const target of ['/v3/destinations', '/v4/destinations', '/v4/loads', '/metrics', '/health'])
      await ask('GET', target);

    places.push({ where: 'arguments of the server', content: processArguments(server) });
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    places.push({ where: 'log of the server', content: outputOf(server) }, ...filesIn(folder));
    for (const kind of [/\.sqlite/, /^answer/])
      expect(places.some(({ where, content }) => kind.test(where) && content.includes(marker))).toBe(true);
    expect(leaksOf({ ...secrets, environmentSecret }, places)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
