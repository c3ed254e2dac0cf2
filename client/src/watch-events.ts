import { AuthenticationError, type BackstitchError } from './errors.ts';
import { pause } from './pause.ts';
import { type Message, readMessages } from './read-messages.ts';
import { type CallOptions, delayAfter, mayPass, type Transport } from './transport.ts';
import type { AccountEvent, EndEvent, ResetEvent } from './wire/event.ts';

export interface WatchOptions extends CallOptions {
  /** Goes on after this event instead of with what happens from now on. */
  readonly lastEventId?: string;
}

/** An event with its id, which is the same wherever and whenever it is told. */
export type WatchedEvent = (AccountEvent | ResetEvent) & { readonly id: string };

/** The server shows that it is there every fifteen seconds. */
const silenceMilliseconds = 45_000;
/** Events may be told twice after a cut. */
const rememberedIds = 1_000;

/**
 * What happens in the account, for as long as somebody asks for the next one. A connection that breaks is made anew and
 * goes on where it was; where that cannot be done, a `reset` says that events are missing.
 * @throws {AuthenticationError} when the credentials do not work any more; the signal's reason once that is aborted.
 */
export async function* watchEvents(
  transport: Transport,
  { signal, lastEventId }: WatchOptions = {},
): AsyncGenerator<WatchedEvent, never> {
  let last = lastEventId;
  const seen = new Set<string>();
  for (let failures = 0; ; failures += 1) {
    try {
      for await (const { id, event, data } of connect(transport, last, signal)) {
        failures = 0;
        if (id !== null) last = id;
        if (data === null) continue;
        if (event === 'end') {
          endOf(JSON.parse(data) as EndEvent);
          break;
        }
        const watched = { ...(JSON.parse(data) as AccountEvent | ResetEvent), id: last ?? '' };
        if (watched.type !== 'reset' && isKnown(watched.id, seen)) continue;
        yield watched;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayPass(error) && !isCut(error)) throw error;
    }
    signal?.throwIfAborted();
    await pause(delayAfter(failures), signal);
  }
}

/** The messages of one connection. @throws what broke it. */
async function* connect(
  { open }: Transport,
  last: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Message> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), silenceMilliseconds);
  const both = signal ? AbortSignal.any([signal, silent.signal]) : silent.signal;
  try {
    const { body } = await open('/v4/events', {
      headers: { accept: 'text/event-stream', 'last-event-id': last },
      signal: both,
    });
    if (body === null) return;
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), silenceMilliseconds);
        controller.enqueue(chunk);
      },
    });
    yield* readMessages(body.pipeThrough(heard, { signal: both }));
  } finally {
    clearTimeout(timer);
    silent.abort();
  }
}

/** What is no answer of the server broke on its way. */
const isCut = (error: unknown): boolean => !(error instanceof Error && 'requestId' in error);

/** @throws {AuthenticationError} */
function endOf({ reason }: EndEvent): void {
  if (reason !== 'signed_out') return;
  throw new AuthenticationError({
    message: 'The stream of events has ended: its token or session does not work any more.',
    code: 'Unauthorized',
    status: 401,
    remedy: null,
    requestId: null,
    data: {},
  } satisfies ConstructorParameters<typeof BackstitchError>[0]);
}

function isKnown(id: string, seen: Set<string>): boolean {
  if (seen.has(id)) return true;
  seen.add(id);
  const [oldest] = seen.size > rememberedIds ? seen : [];
  if (oldest !== undefined) seen.delete(oldest);
  return false;
}
