import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from '../../scripts/build-console.mjs';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

let server: TestServer;
beforeAll(async () => {
  buildConsole({ root, node: process.execPath });
  server = await startTestServer();
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

const get = async (target: string, headers: Record<string, string> = {}) =>
  await server.request('GET', target, { headers: { authorization: '', ...headers } });

/** A file of the built console that is named by its hash. */
const asset = (extension: string) =>
  `/console/assets/${readdirSync(path.join(root, 'dist/console/assets')).find((name) => name.endsWith(extension))}`;

test('browsers that ask for the root are sent to the console, and programs get what they always got', async () => {
  const forBrowser = await get('/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
  expect([forBrowser.status, forBrowser.headers.location]).toEqual([302, '/console/']);
  for (const accept of ['', '*/*', 'application/json']) {
    const answer = await get('/', { accept });
    expect([answer.status, answer.json()]).toMatchObject([404, { error: 'NotFound' }]);
  }
});

test('every view is the one page, which may load nothing from elsewhere and stand in no frame', async () => {
  const start = await get('/console/');
  expect(start.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  const policy = String(start.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
  expect(start.text).not.toMatch(/<style|style=|<script(?! type="module" crossorigin src="\/console\/)/);
  for (const view of ['/console', '/console/destinations/12/settings', '/console/loads?source=1'])
    expect((await get(view)).text).toBe(start.text);
});

describe('what the page loads', () => {
  test('is kept for ever, and comes compressed to those who take that', async () => {
    const plain = await get(asset('.js'));
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    const gzip = await get(asset('.js'), { 'accept-encoding': 'gzip, br;q=0' });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.body).toString()).toBe(plain.text);
    const brotli = await get(asset('.js'), { 'accept-encoding': 'gzip, deflate, br' });
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(brotli.body).toString()).toBe(plain.text);
  });

  test('is not sent again to those who have it', async () => {
    const { headers } = await get('/console/');
    const again = await get('/console/', { 'if-none-match': String(headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('is there or is not: no path leads out of the folder', async () => {
    for (const target of ['/console/assets/none.js', '/console/assets/..%2f..%2fpackage.json'])
      expect((await get(target)).status).toBe(404);
    expect((await get('/console/..%2f..%2fpackage.json')).text).not.toContain('"name"');
  });

  test('has less than 200 kB altogether, compressed', () => {
    const folder = path.join(root, 'dist', 'console');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.gz'),
    );
    const bytes = files.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
    expect(files.length).toBeGreaterThan(3);
    expect(bytes).toBeLessThan(200_000);
  });
});

test('a server whose console is not built says what to do', async () => {
  await using bare = await startTestServer({ settings: { consoleFolder: '/nowhere' } });
  const answer = await bare.request('GET', '/console/');
  expect([answer.status, answer.json<{ message: string }>().message]).toEqual([
    404,
    expect.stringContaining('npm run build'),
  ]);
});
