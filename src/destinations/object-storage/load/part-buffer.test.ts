import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPartBuffer } from './part-buffer.ts';

const partBytes = 1_000;

/** Parts as they were when they were taken, and what was left. */
async function partsOf(pieces: readonly (string | Uint8Array)[]) {
  const taken: Buffer[] = [];
  const spare: Buffer[] = [];
  const buffer = createPartBuffer({
    partBytes,
    async take(part) {
      taken.push(Buffer.from(part));
      // Whoever gets it next writes over all of it.
      spare.push(part.fill(0));
    },
    spare: () => spare.pop(),
  });
  for (const piece of pieces) {
    if (typeof piece !== 'string') await buffer.addBytes(piece);
    else expect(await buffer.addText(piece)).toBe(Buffer.byteLength(piece));
  }
  return { parts: taken, rest: Buffer.from(buffer.rest()) };
}

test('parts are all of one size, and together what was added, wherever characters are cut', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '😀'), maxLength: 700 });
  const piece = fc.oneof(text, fc.uint8Array({ maxLength: 2_500 }));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const { parts, rest } = await partsOf(pieces);
      expect(parts.every(({ length }) => length === partBytes)).toBe(true);
      expect(rest.length).toBeLessThan(partBytes);
      const all = Buffer.concat(pieces.map((each) => Buffer.from(each as string)));
      expect(Buffer.concat([...parts, rest]).equals(all)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('a part that is full to the last byte leaves nothing', async () => {
  const { parts, rest } = await partsOf(['x'.repeat(partBytes)]);
  expect(parts).toHaveLength(1);
  expect(rest).toHaveLength(0);
});
