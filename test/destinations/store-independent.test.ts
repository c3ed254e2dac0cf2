import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';
import { expect, test } from 'vitest';
import { checkObjectStore, checkPlan } from '../../src/destinations/object-storage/check.ts';
import { resolveSettings } from '../../src/destinations/storagegrid/settings.ts';
import { randomId, records } from '../support/load-session.ts';
import { observeCheck } from '../support/observe-check.ts';
import { openStoreSession, sentinel, storeProperties } from '../support/store-session.ts';

/** A store that others wrote: it knows no conditions and checks no signatures. */
test('a store of somebody else takes what we send, and a client of somebody else reads it', async () => {
  const server = await startFauxqs({ port: 0, logger: false });
  try {
    server.createBucket('lake');
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${server.port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'somebody', secretAccessKey: 'else' },
    });
    await client.send(new PutObjectCommand({ Bucket: 'lake', Key: sentinel, Body: 'mine' }));

    const settings = resolveSettings(storeProperties(server));
    const checked = await observeCheck({
      plan: checkPlan(settings),
      check: (context, plan) => checkObjectStore(settings, context, plan),
    });
    expect(checked.codes).toEqual({ write: 'no_conditional_writes' });

    const partBytes = 5 * 1024 * 1024;
    await using session = await openStoreSession(server, { tuning: { partBytes } });
    const filler = 'é'.repeat(40_000);
    const loadId = randomId();
    const table = 'any table/名前 %2e+&?#';
    const batch = records(...Array.from({ length: 80 }, (_, id) => ({ id, filler })));
    const loaded = await session.load(table, [batch], { loadId });
    expect(await session.load(table, [batch], { loadId })).toEqual(loaded);

    const listed = await client.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'source/' }));
    const keys = (listed.Contents ?? []).map(({ Key }) => Key ?? '');
    expect(keys).toEqual([
      expect.stringMatching(/^source\/any_table_名前__2e____-[0-9a-f]{12}\/0_1700000001000\.jsonl$/),
    ]);
    const object = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: keys[0] }));
    const lines = ((await object.Body?.transformToString()) ?? '').split('\n').slice(0, -1);
    expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual(
      Array.from({ length: 80 }, (_, id) => id),
    );
    client.destroy();
  } finally {
    await server.stop();
  }
});
