/**
 * The memory of bytes, where it may be given away: nothing else of any size is in it. Null for what is a small part of
 * a larger memory, as small Buffers are.
 */
export function ownMemory({ buffer, byteLength }: Uint8Array): ArrayBuffer | null {
  return buffer instanceof ArrayBuffer && buffer.byteLength <= byteLength * 2 ? buffer : null;
}

/**
 * Frees the memory of bytes that nobody uses any more, where it is theirs alone: the garbage collector sees only how
 * small they look. They are empty afterwards.
 */
export function freeMemory(bytes: Uint8Array): void {
  ownMemory(bytes)?.transfer(0);
}
