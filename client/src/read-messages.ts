/** One message of a stream of Server-Sent Events. */
export interface Message {
  /** Null: it has none, the last one stands. */
  readonly id: string | null;
  readonly event: string;
  /** Null for one that only carries an id. */
  readonly data: string | null;
}

/** Reads messages however their bytes are cut. One that is not finished when the stream ends is dropped. */
export async function* readMessages(stream: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      // A line feed may be the second half of a line break: it is not known before the next byte.
      const isHalf = text.endsWith('\r');
      const blocks = (isHalf ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n').split('\n\n');
      text = (blocks.pop() ?? '') + (isHalf ? '\r' : '');
      for (const block of blocks) yield parse(block);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function parse(block: string): Message {
  let id: string | null = null;
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') id = value;
    else if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
  return { id, event, data: data.length === 0 ? null : data.join('\n') };
}
