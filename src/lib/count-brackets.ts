/**
 * Whether more than `most` objects and arrays begin in a JSON text. What they become takes many times their bytes, so
 * that a few million of `{}` would take all memory. Of a text that is no JSON it counts too many or too few by some.
 */
export function hasMoreBrackets(source: Uint8Array, most: number): boolean {
  if (source.length <= most) return false;
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  // Those in strings are counted too, natively: nearly always that settles it.
  let left = most;
  for (const bracket of openings)
    for (let at = bytes.indexOf(bracket); at >= 0 && left >= 0; at = bytes.indexOf(bracket, at + 1)) left--;
  return left < 0 && countOutside(bytes, most) > most;
}

const openings = [0x7b, 0x5b];
const [quote, backslash] = [0x22, 0x5c];

function countOutside(bytes: Buffer, most: number): number {
  let count = 0;
  let isOutside = true;
  for (let at = 0; at < bytes.length && count <= most; at++) {
    const code = bytes[at]!;
    if (code === quote) isOutside = !isOutside;
    else if (!isOutside) {
      if (code === backslash) at++;
    } else if (code === openings[0] || code === openings[1]) count++;
  }
  return count;
}
