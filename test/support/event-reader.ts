import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { until } from './embedded-postgres.ts';

/** One event as it came over the wire. */
export interface ReadEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Reads a stream of Server-Sent Events as it comes. */
export interface EventReader extends AsyncDisposable {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly events: readonly ReadEvent[];
  /** Id up to which everything was told. */
  readonly lastId: string | undefined;
  /** Everything as it came. */
  readonly text: string;
  /** The server has ended the stream. */
  readonly ended: boolean;
  /** The first event that this holds for, once it has come. */
  find(wanted: (event: ReadEvent) => boolean): Promise<ReadEvent>;
  ofType(type: string): readonly ReadEvent[];
}

export async function readEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<EventReader> {
  const outgoing = request(url, { agent: new Agent({ keepAlive: true }), headers });
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  let ended = false;
  incoming.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const closed = Promise.withResolvers<void>();
  incoming.on('close', () => {
    ended = true;
    closed.resolve();
  });
  incoming.on('error', () => {});

  const messages = () =>
    text
      .slice(0, text.lastIndexOf('\n\n') + 2)
      .split('\n\n')
      .map(parse);
  const events = (): ReadEvent[] =>
    messages().flatMap(({ id, event, data }) =>
      data === undefined ? [] : [{ id, event: event ?? 'message', data: JSON.parse(data) }],
    );
  const reader: EventReader = {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    get events() {
      return events();
    },
    get lastId() {
      return messages().findLast(({ id }) => id !== undefined)?.id;
    },
    get text() {
      return text;
    },
    get ended() {
      return ended;
    },
    find: async (wanted) =>
      await until(() => {
        const found = events().find(wanted);
        if (!found) throw new Error(`no such event among ${JSON.stringify(events())}`);
        return found;
      }),
    ofType: (type) => events().filter(({ event }) => event === type),
    async [Symbol.asyncDispose]() {
      incoming.destroy();
      await closed.promise;
    },
  };
  // From here on it is told everything.
  if (reader.status === 200)
    await until(() => {
      if (reader.lastId === undefined && !ended) throw new Error('the stream has not begun');
    });
  return reader;
}

function parse(message: string): { id?: string; event?: string; data?: string } {
  const fields = message.split('\n').filter((line) => !line.startsWith(':'));
  return Object.fromEntries(
    fields.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
}
