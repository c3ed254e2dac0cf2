import { afterEach, expect, test, vi } from 'vitest';
import { createClient } from './client.ts';
import { importRecords } from './import-records.ts';

afterEach(() => vi.unstubAllGlobals());

test('what is created has a key of its own each time, also on pages without TLS', async () => {
  // All of `crypto` that browsers have there.
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const keys: (string | null)[] = [];
  const fetch = async (_url: unknown, init?: RequestInit) => {
    keys.push(new Headers(init?.headers).get('idempotency-key'));
    return Response.json({ status: 'OK' });
  };
  const baseUrl = 'http://backstitch.example.com';
  const client = createClient({ baseUrl, fetch });
  await client.destinations.create({ type: 'postgres', properties: {} });
  await client.sources.create({ type: 'import_api', display_name: 'Shop' });
  await client.hooks.create({ type: 'post_load', destination_id: 1, config: { url: baseUrl } });
  await client.replays.start(1, { destination_id: 1 });
  await importRecords({ baseUrl, token: 'at_1', table: 'orders', schema: {}, records: [{ id: 1 }], fetch });
  expect(keys).toEqual(Array.from({ length: 5 }, () => expect.stringMatching(/^[0-9a-f]{32}$/)));
  expect(new Set(keys).size).toBe(5);
});
