import { describe, expect, test } from 'vitest';
import type { CheckContext } from '../../../src/destinations/destination.ts';
import type { CheckStep } from '../../../src/model/check.ts';
import { isSealed } from '../../../src/model/form.ts';
import { freePort } from '../../support/embedded-postgres.ts';
import { cloudOf, contextOf, type Room, type Suite } from './open-suite.ts';

const canary = 'canary-5d1c77e0a2';

export function checkContract({ open, given, connector, capabilities }: Suite): void {
  const { form } = given.type;
  const properties = form.steps.flatMap((step) => step.properties);

  async function check(
    room: Room,
    changes: Readonly<Record<string, string>> = {},
    { signal, port }: { readonly signal?: AbortSignal; readonly port?: number } = {},
  ) {
    const reported: CheckStep[] = [];
    const context: CheckContext = {
      ...contextOf(signal),
      ...cloudOf(room.place, port),
      schemas: capabilities.schemas ? [room.place.schema] : [],
      onStep: (_, step) => void (step && reported.push(step)),
    };
    const outcome = await connector.check(
      connector.resolve({ ...room.place.properties(port), ...changes }),
      context,
    );
    expect(outcome.steps).toEqual(reported);
    expect(outcome.failure).toEqual(outcome.steps.find(({ status }) => status === 'failed') ?? null);
    for (const { message, remedy, code } of outcome.steps) {
      expect(message).not.toBe('');
      expect(remedy === null).toBe(code === null);
    }
    return outcome;
  }

  describe('a check', () => {
    test('passes in named steps and leaves nothing behind, before and after a load', async () => {
      await using room = await open();
      for (let turn = 0; turn < 2; turn += 1) {
        const before = await room.place.objects();
        const { steps, failure } = await check(room);
        expect(failure).toBe(null);
        expect(steps[0]?.name).toBe('settings');
        expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
        expect(await room.place.objects()).toEqual(before);
        await room.load('t', [{ messages: [{ data: { id: 1 }, sequence: 1 }] }]);
      }
    });

    test('of several at once passes too', async () => {
      await using room = await open();
      const outcomes = await Promise.all([check(room), check(room), check(room)]);
      expect(outcomes.map(({ failure }) => failure)).toEqual([null, null, null]);
    });

    test('with a wrong secret fails with a remedy, and tells it to nobody', async () => {
      await using room = await open();
      const sealed = properties.filter(isSealed).map(({ name }) => name);
      expect(room.place.secrets.length > 0).toBe(sealed.length > 0);
      for (const secret of room.place.secrets) {
        const outcome = await check(room, { [secret]: canary });
        expect(outcome.failure?.remedy ?? '').not.toBe('');
        expect(outcome.refused).toBe(true);
        expect(JSON.stringify(outcome)).not.toContain(canary);
        const skipped = outcome.steps.slice(outcome.steps.indexOf(outcome.failure!) + 1);
        expect(skipped.every(({ status }) => status === 'skipped')).toBe(true);
      }
    });

    test('of a port that nobody listens on fails where it connects', async () => {
      await using room = await open();
      if (room.place.port === null) return expect(capabilities.tls).toBe('none');
      const { failure } = await check(room, {}, { port: await freePort() });
      expect(failure).toMatchObject({ name: 'connect', code: 'connection_refused' });
    });

    test('that is stopped from outside ends, and leaves nothing behind', async () => {
      await using room = await open();
      const before = await room.place.objects();
      const { failure } = await check(room, {}, { signal: AbortSignal.abort(new Error('the server stops')) });
      expect(failure?.code).toBe('stopped');
      expect(await room.place.objects()).toEqual(before);
    });
  });

  test('the form offers what the capabilities say, and nothing beyond', () => {
    const names = new Set(properties.map(({ name }) => name));
    expect(names.has('encryption_type')).toBe(capabilities.sshTunnel);
    if (capabilities.tls === 'encrypted') expect(names.has('sslrootcert')).toBe(false);
    const formats = capabilities.tables.map(({ format }) => format);
    expect(names.has('output_file_format')).toBe(formats.some((format) => format !== null));
    expect(new Set(formats).size).toBe(formats.length);
    for (const secret of properties.filter(({ isCredential }) => isCredential))
      expect(secret.help).not.toBe('');
  });
}
