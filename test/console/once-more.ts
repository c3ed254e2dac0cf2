import { expect, test } from 'vitest';
import { startObjectStore } from '../support/object-store.ts';
import { handsAt } from './hands.ts';
import type { Scene } from './webhooks.ts';

/** Batches that are given up, and those that are loaded once more. */
export function onceMore(scene: () => Scene): void {
  test('a batch that blocks its table is discarded, after what is lost was named', async () => {
    const { opened, page, open, seeded } = scene();
    const { press, text } = handsAt(page);
    await open(`/sources/${seeded.source}`);
    await text('Primary Keys for table do not match').waitFor();
    await page.getByRole('link', { name: 'Discard' }).click();
    await text('1 record of items will be lost').waitFor();
    await press('Discard 1 record');
    await text('1 record of items').waitFor();
    await press('Close');
    await text('Waiting for you').waitFor({ state: 'detached' });
    const left = await opened.call<unknown[]>('GET', `/v4/sources/${seeded.source}/batches?state=blocked`);
    expect(left).toEqual([]);
  });

  test('records are loaded once more into another destination, and twice into one that only grows only if that is wanted', async () => {
    const { opened, page, open, seeded } = scene();
    const { press, text, field } = handsAt(page);
    await using store = await startObjectStore();
    const lake = await makeLake(opened, store);
    const again = async () => {
      await open(`/sources/${seeded.source}/replay?destination=${lake}&table=orders`);
      await text('is still kept, goes into').waitFor();
      expect(await field('orders').isChecked()).toBe(true);
      expect(await field('customers').isChecked()).toBe(false);
      await press('Load once more');
    };
    await again();
    await page
      .getByRole('dialog')
      .getByText(/records loaded once more/)
      .waitFor();
    const files = () =>
      [...(store.buckets.get('lake')?.keys() ?? [])].filter((key) => key.startsWith('shop/'));
    const first = files().length;
    expect(first).toBeGreaterThan(0);
    await press('Close');
    await text('Into Lake').waitFor();

    await again();
    await text('Lake holds these batches already, in tables that only grow: orders.').waitFor();
    await field('Add every row once more').check();
    await press('Load once more');
    await page
      .getByRole('dialog')
      .getByText(/records loaded once more/)
      .waitFor();
    expect(files().length).toBeGreaterThan(first);
  });
}

/** A bucket of a store of ours, as a destination that works. */
async function makeLake(
  { call }: Scene['opened'],
  store: Awaited<ReturnType<typeof startObjectStore>>,
): Promise<number> {
  const challenge = 'stitch-challenge-file-of-this-test';
  store.buckets.get('lake')?.set(challenge, { body: Buffer.alloc(0), etag: '""', contentType: 'text/plain' });
  const properties = {
    endpoint: `http://${store.host}`,
    port: String(store.port),
    access_key_id: 'AKIATESTTESTTEST',
    secret_access_key: 'test/secret+key',
    s3_bucket: 'lake',
    output_file_format: 'jsonl',
    s3_key_format_string: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].jsonl',
    sentinel_key: challenge,
  };
  const made = await call<{ id: number }>('POST', '/v4/destinations', {
    type: 'storagegrid',
    name: 'Lake',
    properties,
  });
  return made.id;
}
