import { expect, test } from 'vitest';
import { createCertificate } from '../support/certificates.ts';
import { until } from '../support/embedded-postgres.ts';
import { startHookReceiver } from '../support/hook-receiver.ts';
import { type HookRoom, openHookRoom, type SendOptions } from './hook-room.ts';

/** Where messages may go (faults X2 to X5): the verdicts themselves are src/network's. */

const ca = createCertificate({ ca: true });
const certificate = createCertificate({ issuer: ca, names: ['127.0.0.1', 'hooks.example.com'] });

/** What the owner of a hook gets to see of one attempt to send it something. */
async function verdict(room: HookRoom, url: string, options: SendOptions): Promise<string> {
  const hook = await room.hook(url);
  await room.store.hooks.test(hook.accountId, hook.id);
  await using _sender = room.send({ pauses: [], trusted: ca.cert, ...options });
  const [ended] = await until(async () => {
    const list = await room.deliveries(hook);
    expect(list).toMatchObject([{ attempts: 1, endedAt: expect.any(Number) }]);
    return list;
  });
  await room.store.hooks.delete(hook.accountId, hook.id);
  return `${ended?.state} ${ended?.status}: ${ended?.error}`;
}

const blocked = (host: string) =>
  expect.stringMatching(
    `^failed null: The network policy "(public|private)" of this server refused the host "${host.replaceAll(/[[\]]/g, '\\$&')}"`,
  );

test('under the policy public, nothing inside is reached, and nobody learns what is there', async () => {
  await using receiver = await startHookReceiver(() => 200, certificate);
  await using room = await openHookRoom();
  const { port } = receiver;
  const lookup = async () => ['127.0.0.1'];
  const answers = [];
  for (const at of [port, 1]) {
    const name = await verdict(room, `https://hooks.example.com:${at}/`, { policy: 'public', lookup });
    expect(name).toEqual(blocked('hooks.example.com'));
    answers.push(name);
    for (const host of ['127.0.0.1', '[::1]', '10.0.0.1', '192.168.1.1', '169.254.169.254'])
      expect(await verdict(room, `https://${host}:${at}/`, { policy: 'public' })).toEqual(blocked(host));
  }
  // Whether something listens there makes no difference to what is told.
  expect(answers[0]).toBe(answers[1]);
  expect(receiver.received).toEqual([]);
});

test('metadata and link-local addresses are reached under no policy', async () => {
  await using room = await openHookRoom();
  for (const host of ['169.254.169.254', '2852039166', '0251.0376.0251.0376', '[::ffff:169.254.169.254]'])
    expect(await verdict(room, `http://${host}/latest/meta-data`, { policy: 'private' })).toMatch(
      /^failed null: The network policy "private" of this server refused the host/,
    );
});

test('a name is looked up once, and one bad address among good ones refuses it', async () => {
  await using receiver = await startHookReceiver(() => 200, certificate);
  await using room = await openHookRoom();
  const url = `https://hooks.example.com:${receiver.port}/`;
  let asked = 0;
  // Harmless when it is judged, and something else whenever it is asked for again.
  const rebinding = async () => {
    asked += 1;
    return asked === 1 ? ['127.0.0.1'] : ['169.254.169.254'];
  };
  expect(await verdict(room, url, { lookup: rebinding })).toBe('sent 200: null');
  expect(asked).toBe(1);
  const mixed = async () => ['127.0.0.1', '169.254.169.254'];
  expect(await verdict(room, url, { lookup: mixed })).toEqual(blocked('hooks.example.com'));
  expect(receiver.received).toHaveLength(1);
});

test('a redirect to the inside is not followed', async () => {
  await using inside = await startHookReceiver();
  await using outside = await startHookReceiver(
    () => ({ status: 302, headers: { location: inside.url } }),
    certificate,
  );
  await using room = await openHookRoom();
  const options = { policy: 'public', allow: ['127.0.0.1'] } as const;
  expect(await verdict(room, outside.url, options)).toMatch(/^failed 302: /);
  expect([outside.received.length, inside.received.length]).toEqual([1, 0]);
});

test('an http URL of a time when the policy was private gets nothing under public', async () => {
  await using receiver = await startHookReceiver();
  await using room = await openHookRoom();
  const answer = await verdict(room, receiver.url, { policy: 'public', allow: ['127.0.0.1'] });
  expect(answer).toMatch(/^failed null: .*asks for an https URL/);
  expect(receiver.received).toEqual([]);
});
