import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Spool, SpoolDamage } from '../../../src/store/spool-store.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

const newBatch = (): string => randomBytes(16).toString('hex');

async function read(spool: Spool, batchId: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of spool.read(batchId)) parts.push(part);
  return Buffer.concat(parts);
}

export function spoolContract(on: StoreUnderTest): void {
  describe('the spool', () => {
    test.each([
      ['nothing', 0, 1],
      ['a byte', 1, 1],
      ['exactly a part', 1024 * 1024, 1],
      ['a byte more than a part', 1024 * 1024 + 1, 2],
      ['several parts', 3_500_000, 4],
    ])('gives back %s', async (_what, bytes, parts) => {
      const { spool } = on.store();
      const [batchId, body] = [newBatch(), randomBytes(bytes)];
      expect(await spool.append(batchId, body)).toMatchObject({ rawBytes: bytes, parts });
      expect(body.equals(await read(spool, batchId))).toBe(true);
    });

    test('compresses what it keeps, and counts it', async () => {
      await using own = await on.fresh();
      const { spool } = own.store;
      expect(await spool.usage()).toEqual({ batches: 0, storedBytes: 0 });
      const body = Buffer.from('{"id":1,"name":"somebody"}\n'.repeat(100_000));
      const [first, second] = [newBatch(), newBatch()];
      const { storedBytes } = await spool.append(first, body);
      expect(storedBytes).toBeLessThan(body.length / 10);
      await spool.append(second, body);
      expect(await spool.usage()).toEqual({ batches: 2, storedBytes: 2 * storedBytes });
      await spool.drop([first, newBatch()]);
      expect(await spool.usage()).toEqual({ batches: 1, storedBytes });
      await expect(read(spool, first)).rejects.toThrow(SpoolDamage);
      expect(body.equals(await read(spool, second))).toBe(true);
    });

    test('keeps small bodies as they came, whatever they look like', async () => {
      const { spool } = on.store();
      const small = Buffer.from('{"id":1}'.repeat(10));
      const compressed = zstdCompressSync(small);
      for (const body of [small, compressed]) {
        const batchId = newBatch();
        await spool.append(batchId, body);
        expect(body.equals(await read(spool, batchId))).toBe(true);
      }
      expect(await spool.append(newBatch(), small)).toMatchObject({ storedBytes: small.length });
    });

    test('takes a batch once', async () => {
      const { spool } = on.store();
      const batchId = newBatch();
      await spool.append(batchId, Buffer.from('first'));
      await expect(spool.append(batchId, Buffer.from('second'))).rejects.toMatchObject({ name: 'Bug' });
      expect((await read(spool, batchId)).toString()).toBe('first');
    });

    test.each([
      ['a cut part', 'update spool_parts set raw_bytes = raw_bytes - 1 where part = 1', 1],
      ['a part that is missing', 'delete from spool_parts where part = 1', 1],
      ['a missing last part', 'delete from spool_parts where part = 2', 2],
      [
        'a part that cannot be decompressed',
        'update spool_parts set body = substr(body, 2) where part = 0',
        0,
      ],
      ['a torn part', 'update spool_parts set body = substr(body, 1, 1000) where part = 1', 1],
    ])('finds %s', async (_what, damage, part) => {
      await using own = await on.fresh();
      const batchId = newBatch();
      await own.store.spool.append(batchId, randomBytes(2_500_000));
      await own.sql(damage);
      await expect(read(own.store.spool, batchId)).rejects.toMatchObject({
        name: 'SpoolDamage',
        batchId,
        part,
      });
    });

    test('finds a flipped bit', async () => {
      await using own = await on.fresh();
      const batchId = newBatch();
      await own.store.spool.append(batchId, randomBytes(1_500_000));
      await own.flipBit('spool_parts', 'body', 'part = 1');
      await expect(read(own.store.spool, batchId)).rejects.toMatchObject({
        name: 'SpoolDamage',
        batchId,
        part: 1,
      });
    });
  });
}
