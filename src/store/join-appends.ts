import { Bug } from '../errors/bug.ts';
import { Failure, fromPlain } from '../errors/failure.ts';
import type { Engine } from './engine.ts';
import type { AcceptedBatch } from './load-store.ts';
import type { PackedBatch } from './operations/batches.ts';

/** Stores the batches of one body. */
export type Append = (packed: readonly PackedBatch[]) => Promise<AcceptedBatch>;

/** What a write of its own costs counts for little against so many bytes. */
const smallBytes = 16 * 1024;
/** Of all bodies in one write. */
const limits = { bodies: 256, bytes: 1024 * 1024 };
/** Writes under way. While one is committed the next is on its way, and whatever comes then waits for its company. */
const mostUnderWay = 2;

interface Waiting {
  readonly packed: readonly PackedBatch[];
  readonly bytes: number;
  readonly resolve: (accepted: AcceptedBatch | Promise<AcceptedBatch>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Small bodies that come while others are being written go into one write together: most of what it costs is the same
 * for one record and for a hundred. Nobody waits for company while nothing is being written.
 */
export function joinAppends(write: Engine['write']): Append {
  const queue: Waiting[] = [];
  let underWay = 0;

  const alone = async (
    packed: readonly PackedBatch[],
    bytes = storedBytesOf(packed),
  ): Promise<AcceptedBatch> => await write('batches.append', packed, bytes);

  async function writeGroup(group: readonly Waiting[]): Promise<void> {
    const bytes = group.reduce((sum, each) => sum + each.bytes, 0);
    const bodies = inOnePiece(group.map(({ packed }) => packed));
    try {
      const refusals = await write('batches.appendJoined', bodies, bytes);
      for (const [at, { resolve, reject }] of group.entries()) {
        const refusal = refusals[at];
        if (refusal) reject(fromPlain(refusal));
        else resolve('accepted');
      }
    } catch (error) {
      // One of them is to blame, and the others shall not pay for it: nothing was written.
      const isOfOne = error instanceof Bug || (error instanceof Failure && error.code === 'InvalidBody');
      for (const { packed, resolve, reject } of group)
        if (isOfOne && group.length > 1) resolve(alone(packed));
        else reject(error);
    }
  }

  function writeNext(): void {
    while (underWay < mostUnderWay && queue.length > 0) {
      underWay += 1;
      void writeGroup(takeGroup(queue)).finally(() => {
        underWay -= 1;
        writeNext();
      });
    }
  }

  return (packed) => {
    const bytes = storedBytesOf(packed);
    const hasKey = packed[0]?.batch.idempotency != null;
    if (bytes > smallBytes) return alone(packed, bytes);
    if (hasKey) return alone(inOnePiece([packed])[0] ?? packed, bytes);
    const { promise, resolve, reject } = Promise.withResolvers<AcceptedBatch>();
    // What comes in the same turn goes together.
    if (queue.length === 0) setImmediate(writeNext);
    queue.push({ packed, bytes, resolve, reject });
    return promise;
  };
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let bytes = 0;
  const beyond = queue.findIndex((waiting, at) => {
    bytes += waiting.bytes;
    return at >= limits.bodies || (at > 0 && bytes > limits.bytes);
  });
  return queue.splice(0, beyond === -1 ? queue.length : beyond);
}

const storedBytesOf = (packed: readonly PackedBatch[]): number =>
  packed.reduce((sum, { storedBytes }) => sum + storedBytes, 0);

/** Small buffers are pieces of larger ones, which would cross to another thread whole. */
function inOnePiece(bodies: readonly (readonly PackedBatch[])[]): (readonly PackedBatch[])[] {
  const whole = new Uint8Array(bodies.reduce((sum, packed) => sum + storedBytesOf(packed), 0));
  let end = 0;
  const moved = (bytes: Uint8Array): Uint8Array => {
    whole.set(bytes, end);
    end += bytes.byteLength;
    return whole.subarray(end - bytes.byteLength, end);
  };
  return bodies.map((packed) =>
    packed.map(({ parts, ...batch }) => ({
      ...batch,
      parts: parts.map((part) => ({ ...part, body: moved(part.body) })),
    })),
  );
}
