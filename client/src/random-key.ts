/** 128 random bits in hex. By hand: browsers have no `randomUUID` on pages without TLS that are not on this machine. */
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
