import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PackedBody, packBody, unpackBody } from './packed-body.ts';
import { SpoolDamage } from './spool-store.ts';

const repeated = (text: string, bytes: number): Buffer => Buffer.alloc(bytes, text);

describe('a packed body', () => {
  test('comes out as it went in, whatever it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.nat({ max: 400 }), (bytes, times) => {
        const body = Buffer.concat(Array.from({ length: times % 40 }, () => bytes));
        expect(Buffer.from(unpackBody('a', packBody(body))).equals(body)).toBe(true);
      }),
    );
  });

  test.each([
    ['nothing', Buffer.alloc(0), 1],
    ['one part', repeated('a row of text ', 1_048_576), 1],
    ['a byte more', repeated('a row of text ', 1_048_577), 2],
    ['many', repeated('a row of text ', 5_000_000), 5],
  ])('of %s has as many parts as it takes', (_, body, parts) => {
    const packed = packBody(body);
    expect(packed.parts).toHaveLength(parts);
    expect(packed.rawBytes).toBe(body.byteLength);
    expect(packed.storedBytes).toBe(packed.parts.reduce((sum, part) => sum + part.body.byteLength, 0));
    expect(Buffer.from(unpackBody('a', packed)).equals(body)).toBe(true);
  });

  const withPart = (change: (part: PackedBody['parts'][number]) => Partial<PackedBody['parts'][number]>) => {
    const packed = packBody(repeated('a row of text ', 10_000));
    return { ...packed, parts: packed.parts.map((part) => ({ ...part, ...change(part) })) };
  };
  const flipped = (body: Uint8Array): Uint8Array => {
    const copy = Uint8Array.from(body);
    copy[copy.length >> 1]! ^= 1;
    return copy;
  };
  test.each([
    ['a flipped bit', withPart(({ body }) => ({ body: flipped(body) }))],
    ['an end that is missing', withPart(({ body }) => ({ body: body.subarray(0, body.byteLength - 3) }))],
    ['another checksum', withPart(() => ({ checksum: '00'.repeat(32) }))],
    ['fewer bytes than there are', withPart(() => ({ rawBytes: 9_000 }))],
    ['more bytes than there are', withPart(() => ({ rawBytes: 11_000 }))],
  ])('with %s is damaged, and says where', (_, packed) => {
    expect(() => unpackBody('a-batch', packed)).toThrow(SpoolDamage);
    expect(() => unpackBody('a-batch', packed)).toThrow(/^batch a-batch, part 0: /);
  });
});
