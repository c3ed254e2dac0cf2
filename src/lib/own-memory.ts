/**
 * The memory of bytes, where it may be given away: nothing else of any size is in it. Null for what is a small part of
 * a larger memory, as small Buffers are.
 */
export function ownMemory({ buffer, byteLength }: Uint8Array): ArrayBuffer | null {
  return buffer instanceof ArrayBuffer && buffer.byteLength <= byteLength * 2 ? buffer : null;
}
