import { Readable } from 'node:stream';
import type * as wire from '@backstitch/client';
import type { Told } from '../../events/events.ts';
import { renderEvent } from './render-event.ts';

/** Server-Sent Events on their way to one reader. */
export interface EventStream {
  /** What is sent as the body of the answer. */
  readonly body: Readable;
  tell(told: Told): void;
  /** Keeps proxies and the reader from taking silence for an end. */
  beat(): void;
  /** Says why, and ends. May be called twice. */
  end(reason: wire.EndEvent['reason']): void;
}

/** What may wait for a reader, in bytes. It is dropped then, and goes on where it was when it comes back. */
const mostWaiting = 1024 * 1024;
/** A reader that does not take the end either is cut off. */
const lastMilliseconds = 5_000;

export function openEventStream(onEnd: () => void): EventStream {
  let ended = false;
  const body = new Readable({ read() {} });
  body.once('close', () => {
    ended = true;
    onEnd();
  });

  const push = (text: string): void => {
    if (ended) return;
    body.push(text);
    if (body.readableLength > mostWaiting) end('slow');
  };

  const end = (reason: wire.EndEvent['reason']): void => {
    if (ended) return;
    ended = true;
    body.push(renderMessage('end', { type: 'end', reason }));
    body.push(null);
    onEnd();
    setTimeout(() => body.destroy(), lastMilliseconds).unref();
  };

  // How long a browser waits before it comes back.
  body.push('retry: 2000\n\n');
  return {
    body,
    end,
    beat: () => push(': still here\n\n'),
    tell(told) {
      if (told.kind === 'ready') push(`id: ${told.id}\n: from here on\n\n`);
      else if (told.kind === 'reset')
        push(renderMessage('reset', { type: 'reset', reason: told.reason }, told.id));
      else push(renderMessage(told.event.type, renderEvent(told.event), told.event.id));
    },
  };
}

/** JSON has no line breaks, so that one line of data is enough. */
const renderMessage = (
  type: string,
  data: wire.AccountEvent | wire.ResetEvent | wire.EndEvent,
  id?: string,
): string => `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
