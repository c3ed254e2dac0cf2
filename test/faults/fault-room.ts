import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { freePort, until } from '../support/embedded-postgres.ts';
import { type ProgramSurroundings, type RunningProgram, startServer } from '../support/program.ts';

/** A database that a server loads into: a PostgreSQL unless it says otherwise. */
export interface Warehouse {
  readonly type?: string;
  readonly host: string;
  readonly port: number;
  /** Left out where the type has none. */
  readonly database?: string;
  readonly user: string;
  readonly password: string;
}

/** A source of the Import API. */
export interface FaultSource {
  readonly id: number;
  /** Schema of its tables. */
  readonly name: string;
  readonly token: string;
}

export interface FaultAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The real program as a process of its own, which may end and come back on the same port and data folder. */
export interface FaultRoom extends AsyncDisposable {
  /** Of the store. */
  readonly data: string;
  readonly address: string;
  /** The one that runs, or ran last. */
  readonly server: RunningProgram;
  /** Starts it once the last one has ended. Resolves when it serves. */
  start(
    more?: { readonly env?: Readonly<Record<string, string>> } & ProgramSurroundings,
  ): Promise<RunningProgram>;
  /** A call of the API; JSON. */
  call(method: string, path: string, body?: unknown): Promise<FaultAnswer>;
  addDestination(warehouse: Warehouse): Promise<number>;
  /** A source with a token; mapped to the account's destination when it has one. */
  addSource(properties?: object): Promise<FaultSource>;
  /** Sends a body of `POST /v2/import/batch`. */
  send(
    source: FaultSource,
    body: object | string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<FaultAnswer>;
  /** Batches by what they are doing. */
  waiting(): Promise<ReadonlyMap<string, number>>;
  /** Resolves when everything is loaded, nothing set aside. */
  drained(milliseconds?: number): Promise<void>;
}

const token = 'a-token-for-the-fault-tests';

/** @param folder an own one by default. */
export async function openFaultRoom({
  folder,
  env = {},
  ...surroundings
}: ProgramSurroundings & {
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
} = {}): Promise<FaultRoom> {
  await using opening = new AsyncDisposableStack();
  const home = folder ?? mkdtempSync(path.join(tmpdir(), 'backstitch-faults-'));
  opening.defer(() => rmSync(path.join(home, folder ? 'data' : ''), { recursive: true, force: true }));
  const port = await freePort();
  const data = path.join(home, 'data');
  const always = {
    BACKSTITCH_DATA: data,
    BACKSTITCH_PORT: String(port),
    BACKSTITCH_TOKEN: token,
    BACKSTITCH_CLIENT_ID: '100',
    NODE_COMPILE_CACHE: path.join(tmpdir(), 'backstitch-compile-cache'),
    ...env,
  };
  let server = await startServer(always, surroundings);
  opening.defer(() => server[Symbol.asyncDispose]());
  const address = `http://127.0.0.1:${port}`;
  let sources = 0;

  const request = async (
    method: string,
    where: string,
    body?: unknown,
    more: object = {},
  ): Promise<FaultAnswer> => {
    const answer = await fetch(`${address}${where}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        prefer: 'wait=20',
        ...more,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const made = async <T>(where: string, body?: object): Promise<T> => {
    const { status, text } = await request('POST', where, body);
    expect(status, text).toBe(200);
    return JSON.parse(text) as T;
  };
  const opened = opening.move();

  const room: FaultRoom = {
    data,
    address,
    get server() {
      return server;
    },
    async start(more = {}) {
      await server.ended;
      server = await startServer({ ...always, ...more.env }, { ...surroundings, ...more });
      return server;
    },
    call: (method, where, body) => request(method, where, body),
    async addDestination({ type = 'postgres', host, port: at, database, user, password }) {
      const properties = {
        host,
        port: at,
        ...(database !== undefined && { database }),
        username: user,
        password,
        ssl: false,
      };
      return (await made<{ id: number }>('/v4/destinations', { type, properties })).id;
    },
    async addSource(properties = {}) {
      sources += 1;
      const source = { type: 'import_api', display_name: `Source ${sources}`, properties };
      const { id, name } = await made<{ id: number; name: string }>('/v4/sources', source);
      const issued = await made<{ access_token: string }>(`/v4/sources/${id}/tokens`);
      return { id, name, token: issued.access_token };
    },
    send: (source, body, headers) =>
      request('POST', '/v2/import/batch', body, { authorization: `Bearer ${source.token}`, ...headers }),
    async waiting() {
      const { text } = await request('GET', '/metrics');
      const found = text.matchAll(/^backstitch_batches_waiting\{state="(\w+)"\} (\d+)$/gm);
      return new Map(Array.from(found, ([, state = '', count]) => [state, Number(count)]));
    },
    drained: (milliseconds) =>
      until(async () => {
        const counts = await room.waiting();
        expect(counts.size).toBeGreaterThan(0);
        expect([...counts].filter(([, count]) => count > 0)).toEqual([]);
      }, milliseconds),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
  return room;
}

/** A body of upserts with growing sequences. */
export const upserts = (table: string, records: readonly object[], more: object = {}): object => ({
  table_name: table,
  schema: {},
  key_names: ['id'],
  messages: records.map((data, at) => ({ action: 'upsert', sequence: at + 1, data })),
  ...more,
});
