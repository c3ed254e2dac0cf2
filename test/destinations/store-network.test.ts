import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { checkObjectStore, checkPlan } from '../../src/destinations/object-storage/check.ts';
import { resolveSettings } from '../../src/destinations/storagegrid/settings.ts';
import type { Properties } from '../../src/model/form.ts';
import { createCertificate } from '../support/certificates.ts';
import { freePort } from '../support/embedded-postgres.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { failureOf } from '../support/load-session.ts';
import { startObjectStore } from '../support/object-store.ts';
import { type CheckOptions, canary, observeCheck } from '../support/observe-check.ts';
import { challenge, openStoreSession, storeProperties } from '../support/store-session.ts';

async function check(port: number, rest: Properties = {}, options: CheckOptions = {}) {
  const settings = resolveSettings(storeProperties({ port }, { secret_access_key: canary, ...rest }));
  return await observeCheck(
    { plan: checkPlan(settings), check: (context, plan) => checkObjectStore(settings, context, plan) },
    options,
  );
}

/** A web server that is no store. */
async function startWebServer(answer: {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(answer.status, { 'content-type': 'text/html', ...answer.headers }).end(answer.body);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    asked,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('the endpoint', () => {
  test.each([
    '169.254.169.254',
    '2852039166',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '0',
    '224.0.0.1',
  ])('is never %s, for a check or a load', async (host) => {
    const endpoint = host.includes(':') ? `[${host}]` : host;
    const checked = await check(80, { endpoint });
    expect(checked.failure).toMatchObject({ name: 'policy', code: 'address_not_allowed' });
    const failure = await failureOf(
      openStoreSession({ port: 80 }, { properties: { endpoint: `http://${endpoint}` } }),
    );
    expect(failure).toMatchObject({ kind: 'passing', code: 'address_not_allowed' });
  });

  test('is not on this machine in public, whatever listens there', async () => {
    await using store = await startObjectStore();
    const there = await check(store.port, {}, { policy: 'public' });
    expect(there.failure).toMatchObject({ name: 'policy', code: 'address_not_allowed' });
    expect(store.asked).toEqual([]);
  });

  test('refuses, or keeps silent', async () => {
    expect((await check(await freePort())).failure).toMatchObject({
      name: 'connect',
      code: 'connection_refused',
    });
    await using proxy = await startFaultProxy({ targetPort: 1, mode: { kind: 'blackhole' } });
    const silent = await check(proxy.port, {}, { deadlines: { bucket: 500 } });
    expect(silent.failure).toMatchObject({ name: 'bucket', code: 'store_silent' });
  });

  test.each([
    { status: 200, body: '<!DOCTYPE html><html><p>Welcome</html>' },
    { status: 200, body: '<html><p>Welcome</p></html>' },
    { status: 403, body: '<html>Forbidden' },
    { status: 404, body: 'no such page' },
    { status: 200, body: '{"json": true}' },
  ])('answers as no store does: $status $body', async (answer) => {
    await using web = await startWebServer(answer);
    expect((await check(web.port)).failure).toMatchObject({ name: 'bucket', code: 'not_an_object_store' });
  });

  test.each([301, 302, 307, 308])('sends us elsewhere (%i), where nobody goes', async (status) => {
    await using elsewhere = await startWebServer({ status: 200, body: '' });
    await using web = await startWebServer({
      status,
      headers: { location: `http://127.0.0.1:${elsewhere.port}/`, 'x-amz-bucket-region': 'eu-central-1' },
      body: `<?xml version="1.0"?><Error><Code>PermanentRedirect</Code><Endpoint>127.0.0.1:${elsewhere.port}</Endpoint></Error>`,
    });
    const checked = await check(web.port);
    expect(checked.failure?.name).toBe('bucket');
    expect(elsewhere.asked).toEqual([]);
  });
});

describe('TLS', () => {
  const authority = createCertificate({ ca: true });
  const good = createCertificate({ names: ['127.0.0.1'], issuer: authority });
  const other = createCertificate({ names: ['other.example.com'], issuer: authority });

  test('is verified by the authorities that the server knows', async () => {
    await using store = await startObjectStore({ tls: good });
    challenge(store);
    const untrusted = await check(store.port, { endpoint: '127.0.0.1' });
    expect(untrusted.failure).toMatchObject({ name: 'tls', code: 'store_certificate_untrusted' });
    expect(untrusted.failure?.remedy).toContain('NODE_EXTRA_CA_CERTS');
    const failure = await failureOf(openStoreSession(store, { properties: { endpoint: '127.0.0.1' } }));
    expect(failure).toMatchObject({ kind: 'passing', code: 'store_certificate_untrusted' });
    expect(store.asked).toEqual([]);

    const known = getCACertificates('default');
    setDefaultCACertificates([...known, authority.cert]);
    try {
      const settings = resolveSettings(storeProperties(store, { endpoint: 'https://127.0.0.1' }));
      const checked = await observeCheck({
        plan: checkPlan(settings),
        check: (context, plan) => checkObjectStore(settings, context, plan),
      });
      expect(checked.codes).toEqual({});
      expect(checked.step('tls').message).toContain('TLSv1.3');
      await using wrong = await startObjectStore({ tls: other });
      const named = await check(wrong.port, { endpoint: '127.0.0.1' });
      expect(named.failure).toMatchObject({ name: 'tls', code: 'store_certificate_wrong_name' });
      expect(named.failure?.message).toContain('other.example.com');
    } finally {
      setDefaultCACertificates(known);
    }
  });
});
