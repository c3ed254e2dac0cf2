import { renderJson } from '../shape/json-text.ts';

const rawBytes = 65_536;

/** A record as it stands beside its rejection: JSON, cut at 64 kB where a character ends. */
export function rawRecord(data: object): string {
  // What is no Unicode cannot be stored as it is; escaped it can.
  const text = renderJson(data) ?? JSON.stringify(data);
  if (text.length * 3 <= rawBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= rawBytes) return text;
  let end = rawBytes;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
