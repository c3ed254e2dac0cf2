import type { PackedBody } from '../../store/packed-body.ts';

/**
 * Packed bodies in one piece of memory that may be given away: where each stands alone, a thousand small ones cost more
 * than what is in them, and a small buffer is often a piece of a larger one that others use.
 */
export interface CarriedBodies {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly bodies: readonly CarriedBody[];
}

interface CarriedBody extends Omit<PackedBody, 'parts'> {
  readonly parts: readonly {
    readonly rawBytes: number;
    readonly checksum: string;
    readonly length: number;
  }[];
}

export function carryBodies(bodies: readonly PackedBody[]): CarriedBodies {
  const bytes = new Uint8Array(bodies.reduce((sum, { storedBytes }) => sum + storedBytes, 0));
  let at = 0;
  const carried = bodies.map(({ parts, rawBytes, storedBytes }) => ({
    rawBytes,
    storedBytes,
    parts: parts.map(({ body, ...part }) => {
      bytes.set(body, at);
      at += body.byteLength;
      return { rawBytes: part.rawBytes, checksum: part.checksum, length: body.byteLength };
    }),
  }));
  return { bytes, bodies: carried };
}

/** The bodies again; their bytes are views. */
export function takeBodies({ bytes, bodies }: CarriedBodies): PackedBody[] {
  let end = 0;
  return bodies.map(({ parts, ...sizes }) => ({
    ...sizes,
    parts: parts.map(({ length, ...part }) => {
      end += length;
      return { ...part, body: bytes.subarray(end - length, end) };
    }),
  }));
}
