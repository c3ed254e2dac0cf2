import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../src/errors/failure.ts';
import { operations } from '../../src/http/ops/openapi.ts';
import type { LogFacts } from '../../src/lib/log.ts';
import { createCertificate } from '../support/certificates.ts';
import { connected, v4Body } from '../support/http-destinations.ts';
import { success } from '../support/scripted-type.ts';
import { silentLog } from '../support/silent-log.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  const telling = connected('postgres', async ({ onStep }) => {
    for (const step of success.steps) onStep(step.name, step);
    return success;
  });
  server = await startTestServer({ types: [telling], settings: { version: '1.2.3' } });
});
afterAll(async () => await server?.[Symbol.asyncDispose]());

describe('GET /health', () => {
  test('needs no token and says that all is well', async () => {
    const answer = await server.request('GET', '/health', { headers: { authorization: '' } });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      status: 'ok',
      version: '1.2.3',
      store: {
        status: 'ok',
        engine: 'sqlite',
        milliseconds: expect.any(Number),
        schema_version: expect.any(Number),
      },
    });
    expect((await server.request('HEAD', '/health')).status).toBe(200);
  });

  test('is a 503 while the store fails', async () => {
    await using failing = await startTestServer({
      wrapStore: (store) => ({ ...store, ping: () => Promise.reject(new Failure('StoreUnavailable')) }),
    });
    const answer = await failing.request('GET', '/health');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(answer.json()).toMatchObject({ status: 'failing', message: expect.any(String) });
  });

  test('is a 200 that says so while the disk is full, since what is there can be read', async () => {
    const full = new Failure('Overloaded', 'The disk is full.', { remedy: 'Free some space.' });
    await using cramped = await startTestServer({
      wrapStore: (store) => ({ ...store, ping: () => Promise.reject(full) }),
    });
    const answer = await cramped.request('GET', '/health');
    expect([answer.status, answer.json()]).toMatchObject([
      200,
      { status: 'degraded', message: 'The disk is full. Free some space.', store: { status: 'full' } },
    ]);
    const status = await cramped.request('GET', '/v2/import/status');
    expect([status.status, status.json()]).toMatchObject([503, { reason: 'The disk is full.' }]);
  });

  test('is a 503 while the process is not ready', async () => {
    let reason: string | null = 'The server is stopping.';
    await using stopping = await startTestServer({ settings: { unreadyReason: () => reason } });
    const answer = await stopping.request('GET', '/health');
    expect([answer.status, answer.json()]).toMatchObject([503, { status: 'unready', message: reason }]);
    reason = null;
    expect((await stopping.request('GET', '/health')).status).toBe(200);
  });
});

describe('GET /metrics', () => {
  test('counts requests by route, not by path, and steps of checks', async () => {
    await server.request('POST', '/v4/destinations', { headers: { prefer: 'wait=20' }, body: v4Body() });
    await server.request('GET', '/v4/destinations/unheard-of');
    await server.request('GET', '/nowhere/unheard-of');
    const answer = await server.request('GET', '/metrics', { headers: { authorization: '' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.text).toContain('backstitch_build_info{version="1.2.3"} 1');
    expect(answer.text).toMatch(
      /backstitch_http_request_seconds_count\{method="GET",route="\/v4\/destinations\/:id",status="400"\} 1/,
    );
    expect(answer.text).toMatch(/route="none",status="404"\} 1/);
    expect(answer.text).toMatch(/backstitch_check_step_seconds_count\{step="connect",status="passed"\} 1/);
    expect(answer.text).toContain('process_resident_memory_bytes');
    expect(answer.text).not.toContain('unheard-of');
  });

  test('may be kept behind a token', async () => {
    await using closed = await startTestServer({
      settings: { metricsToken: 'for prometheus only'.replaceAll(' ', '-') },
    });
    const get = async (authorization: string) =>
      await closed.request('GET', '/metrics', { headers: { authorization } });
    expect((await get('Bearer for-prometheus-only')).status).toBe(200);
    for (const authorization of ['', 'Bearer x', `Bearer ${closed.visitor.token}`]) {
      const answer = await get(authorization);
      expect([answer.status, answer.json()]).toMatchObject([401, { error: 'Unauthorized' }]);
    }
  });
});

describe('the description of the API', () => {
  test('has every route, and no other', async () => {
    const described = operations.map(({ method, path: target }) => `${method.toUpperCase()} ${target}`);
    const registered = server.app
      .printRoutes({ commonPrefix: false, includeHooks: false })
      .split('\n')
      .filter((line) => line.includes('('));
    const routes = new Set<string>();
    for (const { method, path: target } of operations) {
      const url = target.replace(/\{(\w+)\}/g, ':$1');
      expect(server.app.hasRoute({ method: method.toUpperCase(), url }), `${method} ${url}`).toBe(true);
      routes.add(url);
    }
    expect(new Set(described).size).toBe(described.length);
    // The console is no part of the API.
    const pages = ['/', '/console', '/console/*'];
    for (const url of pages) expect(server.app.hasRoute({ method: 'GET', url })).toBe(true);
    expect(registered.length).toBe(routes.size + pages.length);
  });

  test('is served, and is what the linter recommends', async () => {
    const answer = await server.request('GET', '/openapi.json', { headers: { authorization: '' } });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ openapi: '3.1.1', info: { version: '1.2.3' } });
    const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-openapi-'));
    try {
      const file = path.join(folder, 'openapi.json');
      writeFileSync(file, answer.text);
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        // The contract has /v4/{client_id}/loads beside /v4/sources/{id}; no client is called "sources".
        [
          'node_modules/.bin/redocly',
          'lint',
          '--extends=recommended',
          '--skip-rule=no-ambiguous-paths',
          file,
        ],
        { env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
      );
      expect(stdout + stderr).toContain('Your API description is valid');
      expect(stdout + stderr).not.toMatch(/\d+ warning/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('is a page too, which may load nothing', async () => {
    const answer = await server.request('GET', '/docs', { headers: { authorization: '' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(answer.text).toContain('/v3/destinations/{id}');
  });
});

test('a bug is a 500 that names the request, whose cause stands in the log only', async () => {
  const logged: LogFacts[] = [];
  const log = { ...silentLog, error: (facts: LogFacts) => void logged.push(facts) };
  const bug = new Error('SELECT secret FROM /home/somebody');
  await using broken = await startTestServer({
    log,
    wrapStore: (store) => ({
      ...store,
      destinations: { ...store.destinations, list: () => Promise.reject(bug) },
    }),
  });
  for (const version of ['v3', 'v4']) {
    const answer = await broken.request('GET', `/${version}/destinations`, {
      headers: { 'x-request-id': version },
    });
    expect(answer.status).toBe(500);
    expect(answer.json()).toEqual({
      error: 'InternalError',
      message: expect.stringContaining(`request id ${version}`),
    });
  }
  expect(logged).toMatchObject([
    { err: bug, requestId: 'v3' },
    { err: bug, requestId: 'v4' },
  ]);
});

test('being too busy is a warning with its reason, not an error with a stack', async () => {
  const logged: LogFacts[] = [];
  const log = { ...silentLog, warn: (facts: LogFacts) => void logged.push(facts) };
  const busy = new Failure('Overloaded', 'There is too much to do.');
  await using server = await startTestServer({
    log,
    wrapStore: (store) => ({
      ...store,
      destinations: { ...store.destinations, list: () => Promise.reject(busy) },
    }),
  });
  await server.request('GET', '/v3/destinations', { headers: { 'x-request-id': 'here' } });
  expect(logged).toEqual([{ requestId: 'here', route: '/v3/destinations', reason: busy.message }]);
});

test.each(['StoreUnavailable', 'Overloaded'] as const)(
  '%s is a 503 that says when to come again',
  async (code) => {
    await using failing = await startTestServer({
      wrapStore: (store) => ({
        ...store,
        destinations: { ...store.destinations, list: () => Promise.reject(new Failure(code)) },
      }),
    });
    const answer = await failing.request('GET', '/v3/destinations');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(answer.json()).toMatchObject({ error: code, message: expect.any(String) });
  },
);

test('every answer carries the headers that keep browsers careful', async () => {
  for (const target of ['/health', '/v3/destinations', '/v4/nowhere', '/v3/%zz', '/v4/partner/accounts']) {
    const { headers } = await server.request('GET', target);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
  }
});

test('TLS is served when a certificate is given', async () => {
  const tls = createCertificate({ names: ['localhost'] });
  await using secure = await startTestServer({ settings: { tls } });
  const { request } = await import('node:https');
  const { promise, resolve, reject } = Promise.withResolvers<[number | undefined, object]>();
  const options = {
    host: '127.0.0.1',
    port: secure.port,
    path: '/health',
    ca: tls.cert,
    servername: 'localhost',
  };
  request(options, (response) => {
    response.resume();
    resolve([response.statusCode, response.headers]);
  })
    .once('error', reject)
    .end();
  const [status, headers] = await promise;
  expect(status).toBe(200);
  expect(headers).toHaveProperty('strict-transport-security');
});
