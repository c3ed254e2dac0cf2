/** A picture that stands in the head of the console; at most {@link mostLogoBytes}. */
export interface Logo {
  readonly type: LogoType;
  readonly base64: string;
  /** SHA-256 of its bytes, hex. */
  readonly hash: string;
}

export type LogoType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/svg+xml';

export const mostLogoBytes = 65_536;

/** What kind of picture it is, by what it holds and not by its name; null: none of those that are shown. */
export function logoTypeOf(bytes: Uint8Array): LogoType | null {
  const begins = (...signature: readonly number[]) => signature.every((byte, at) => bytes[at] === byte);
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (begins(0xff, 0xd8, 0xff)) return 'image/jpeg';
  const isWebp = [...'WEBP'].every((letter, at) => bytes[8 + at] === letter.charCodeAt(0));
  if (begins(0x52, 0x49, 0x46, 0x46) && isWebp) return 'image/webp';
  return isSvg(new TextDecoder().decode(bytes.subarray(0, 4096))) ? 'image/svg+xml' : null;
}

/** The root element, after what may stand before it. */
const isSvg = (text: string): boolean =>
  /^\uFEFF?(\s|<\?xml[^>]*\?>|<!--[\s\S]*?-->|<!DOCTYPE\s+svg[^>]*>)*<svg[\s/>]/i.test(text);
