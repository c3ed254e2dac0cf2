/** Gathers text and bytes until they are a part. Parts are all of one size, but for the last: some stores insist. */
export interface PartBuffer {
  /** Takes text; resolves when more may come, with how many bytes it has in UTF-8. */
  addText(text: string): Promise<number>;
  /** Takes bytes, which are copied; resolves when more may come. */
  addBytes(bytes: Uint8Array): Promise<void>;
  /** What is left since the last whole part; maybe nothing. To be called once, at the end. */
  rest(): Buffer;
}

export interface PartBufferOptions {
  readonly partBytes: number;
  /** Takes a whole part; resolves when more may come. */
  readonly take: (part: Buffer) => Promise<void>;
  /** Memory of a part that was sent, to be used again; undefined: there is none. */
  readonly spare: () => Buffer | undefined;
}

/** Most files are small, and there may be one for each version of a table. */
const firstBytes = 65_536;

export function createPartBuffer({ partBytes, take, spare }: PartBufferOptions): PartBuffer {
  let buffer: Buffer = Buffer.alloc(0);
  let used = 0;

  /** Makes room for so many bytes, or for as many as a part has. */
  function reserve(wanted: number): void {
    const needed = Math.min(used + wanted, partBytes);
    if (buffer.length >= needed) return;
    const size = Math.min(Math.max(needed, buffer.length * 2, firstBytes), partBytes);
    const larger = Buffer.allocUnsafeSlow(size);
    buffer.copy(larger, 0, 0, used);
    buffer = larger;
  }

  async function addBytes(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      reserve(bytes.length - from);
      const until = Math.min(bytes.length, from + buffer.length - used);
      buffer.set(bytes.subarray(from, until), used);
      used += until - from;
      from = until;
      if (used < partBytes) continue;
      used = 0;
      await take(buffer);
      buffer = spare() ?? Buffer.allocUnsafeSlow(partBytes);
    }
  }

  return {
    async addText(text) {
      // A character of UTF-16 has three bytes at most.
      const most = text.length * 3;
      reserve(most);
      // Where a part ends, characters may have to be cut in two.
      if (used + most >= partBytes) {
        const bytes = Buffer.from(text);
        await addBytes(bytes);
        return bytes.length;
      }
      const written = buffer.write(text, used);
      used += written;
      return written;
    },
    addBytes,
    rest: () => buffer.subarray(0, used),
  };
}
