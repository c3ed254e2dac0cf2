/** Where the elements of a body's list of messages stand, without its brackets. In bytes, from the first to past the last. */
export interface MessageList {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the `messages` of a body of `POST /v2/import/batch`, which is known to be valid. Null where that takes more than
 * a look: the key is written with escapes or occurs twice, or there are no messages.
 */
export function messagesOfBatch(bytes: Uint8Array): MessageList | null {
  let found: MessageList | null = null;
  for (let at = next(bytes, next(bytes, 0) + 1); bytes[at] === quote; ) {
    const afterKey = pastString(bytes, at);
    const isMessages = isKey(bytes, at + 1, afterKey - 1);
    if (isMessages === null || (isMessages && found !== null)) return null;
    const value = next(bytes, next(bytes, afterKey) + 1);
    const end = pastValue(bytes, value);
    if (isMessages) found = { from: value + 1, to: end - 1 };
    // Past a comma; or past the brace that ends the object, after which no key follows.
    at = next(bytes, next(bytes, end) + 1);
  }
  return found === null || isBlank(bytes, found) ? null : found;
}

/** The records of a JSON body of `POST /v2/import/push`, which is known to be a valid list that is not empty. */
export function recordsOfPush(bytes: Uint8Array): MessageList {
  let to = bytes.length - 1;
  while (bytes[to] !== closeBracket) to -= 1;
  return { from: next(bytes, 0) + 1, to };
}

const [quote, backslash] = [0x22, 0x5c];
const [openBracket, closeBracket, openBrace, closeBrace, comma] = [0x5b, 0x5d, 0x7b, 0x7d, 0x2c];

const isSpace = (code: number | undefined): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** The first place from there on that is no white space. */
function next(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

const isBlank = (bytes: Uint8Array, { from, to }: MessageList): boolean => next(bytes, from) === to;

/** @param from place of its first quote. */
function pastString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at + 1;
}

/** The place of what follows a value: white space, a comma, or the bracket that it stands in. */
function pastValue(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; ) {
    const code = bytes[at];
    if (code === quote) {
      at = pastString(bytes, at);
      if (depth === 0) return at;
      continue;
    }
    if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) {
      // Of what the value stands in, or its own.
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === comma || isSpace(code))) return at;
    at += 1;
  }
  return bytes.length;
}

const messages = Buffer.from('messages');

/** Null: it has escapes, and may be whatever. */
function isKey(bytes: Uint8Array, from: number, to: number): boolean | null {
  for (let at = from; at < to; at += 1) if (bytes[at] === backslash) return null;
  return to - from === messages.length && messages.equals(bytes.subarray(from, to));
}
