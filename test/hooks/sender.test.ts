import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCertificate } from '../support/certificates.ts';
import { until } from '../support/embedded-postgres.ts';
import { startHookReceiver } from '../support/hook-receiver.ts';
import { startSilentPort } from '../support/silent-port.ts';
import { openHookRoom } from './hook-room.ts';

test('a load is told once, as the contract says, over HTTPS that is verified', async () => {
  const ca = createCertificate({ ca: true });
  const certificate = createCertificate({ issuer: ca, names: ['127.0.0.1'] });
  await using receiver = await startHookReceiver(() => 204, certificate);
  await using room = await openHookRoom();
  const hook = await room.hook(receiver.url);
  room.send({ trusted: ca.cert });
  await room.load();
  const [sent] = await until(async () => {
    const list = await room.deliveries(hook);
    expect(list).toMatchObject([{ state: 'sent', attempts: 1, status: 204 }]);
    return list;
  });
  const [message] = receiver.received;
  expect(message).toMatchObject({
    method: 'POST',
    path: '/in',
    headers: {
      host: `127.0.0.1:${receiver.port}`,
      'user-agent': 'StitchLoadingWebhook',
      'content-type': 'application/json',
      'x-backstitch-delivery': sent?.id,
      'x-backstitch-event': 'post_load',
    },
  });
  expect(JSON.parse(message?.text ?? '')).toMatchObject({ version: '1.0', source_root_table_name: 'orders' });
  expect(message?.headers).not.toHaveProperty('x-backstitch-signature');
  expect(receiver.received).toHaveLength(1);
});

test('a certificate that nobody vouches for gets nothing', async () => {
  await using receiver = await startHookReceiver(() => 200, createCertificate({ names: ['127.0.0.1'] }));
  await using room = await openHookRoom();
  const hook = await room.hook(receiver.url);
  room.send({ pauses: [] });
  await room.load();
  const error = expect.stringContaining('leads to no authority that this server trusts');
  await until(async () =>
    expect(await room.deliveries(hook)).toMatchObject([
      { state: 'failed', attempts: 1, status: null, error },
    ]),
  );
  expect(receiver.received).toEqual([]);
});

test('messages of a hook with a secret are signed', async () => {
  await using receiver = await startHookReceiver();
  await using room = await openHookRoom();
  const secret = 'a-secret-of-a-hook';
  const hook = await room.hook(receiver.url, { secret });
  room.send();
  await room.store.hooks.test(hook.accountId, hook.id);
  const [message] = await until(() => {
    expect(receiver.received).toHaveLength(1);
    return receiver.received;
  });
  const signature = String(message?.headers['x-backstitch-signature']);
  const [, time, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  expect(digest).toBe(createHmac('sha256', secret).update(`${time}.${message?.text}`).digest('hex'));
  expect(message?.headers['x-backstitch-test']).toBe('true');
  expect(JSON.stringify(message)).not.toContain(secret);
});

test('what is not received is sent five times more under one id, and then given up', async () => {
  await using receiver = await startHookReceiver(() => 503);
  await using room = await openHookRoom();
  const hook = await room.hook(receiver.url);
  const sender = room.send();
  const kinds: string[] = [];
  sender.onEvent(({ kind }) => kinds.push(kind));
  await room.load();
  await until(async () =>
    expect(await room.deliveries(hook)).toMatchObject([
      { state: 'failed', attempts: 6, status: 503, error: 'The receiver answered 503.' },
    ]),
  );
  const ids = receiver.received.map(({ headers }) => headers['x-backstitch-delivery']);
  expect(ids).toHaveLength(6);
  expect(new Set(ids).size).toBe(1);
  expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
  await until(() => expect(kinds).toEqual([...Array.from({ length: 5 }, () => 'retried'), 'failed']));
});

test('a receiver that comes back gets what waited', async () => {
  await using receiver = await startHookReceiver((request) => (request < 2 ? 500 : 200));
  await using room = await openHookRoom();
  const hook = await room.hook(receiver.url);
  room.send();
  await room.load();
  await until(async () =>
    expect(await room.deliveries(hook)).toMatchObject([{ state: 'sent', attempts: 3, error: null }]),
  );
});

test('a redirect is not followed, and what a receiver says is not kept', async () => {
  await using inner = await startHookReceiver();
  await using receiver = await startHookReceiver(() => ({ status: 307, headers: { location: inner.url } }));
  await using room = await openHookRoom();
  const hook = await room.hook(receiver.url);
  room.send({ pauses: [] });
  await room.load();
  const [ended] = await until(async () => {
    const list = await room.deliveries(hook);
    expect(list).toMatchObject([{ state: 'failed', status: 307 }]);
    return list;
  });
  expect(ended?.error).toContain('Redirects are not followed');
  expect(JSON.stringify(ended)).not.toContain('of the receiver');
  expect(inner.received).toEqual([]);
});

test('a receiver that hangs is cut off, and delays neither other hooks nor the end', async () => {
  await using silent = await startSilentPort();
  await using hanging = await startHookReceiver(() => 'nothing');
  await using receiver = await startHookReceiver();
  await using room = await openHookRoom();
  const slow = [
    await room.hook(hanging.url),
    await room.hook(`http://127.0.0.1:${silent.port}/`),
    await room.hook(hanging.url),
  ];
  const good = await room.hook(receiver.url);
  const sender = room.send({ timeoutMilliseconds: 600, pauses: [60_000] });
  for (let made = 0; made < 8; made += 1) await room.load();
  await until(() => expect(receiver.received).toHaveLength(8), 5_000);
  expect((await room.deliveries(good)).every(({ attempts }) => attempts === 1)).toBe(true);
  await until(async () => {
    for (const hook of slow)
      expect((await room.deliveries(hook)).at(-1)).toMatchObject({
        state: 'waiting',
        error: expect.stringMatching(/in time/),
      });
  });
  const began = performance.now();
  await sender[Symbol.asyncDispose]();
  expect(performance.now() - began).toBeLessThan(2_000);
});
