import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { type CommandLine, createCommandLine, type TestServer } from './command-line.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A command line, a server as a child process and a warehouse that it loads into. */
export interface ImportRoom extends AsyncDisposable {
  readonly cli: CommandLine;
  readonly warehouse: TestDatabase;
  /** The server's, also after a restart. */
  readonly address: string;
  /** Of the account. */
  readonly token: string;
  /** The server is killed, without any notice. */
  killServer(): Promise<void>;
  startServer(): Promise<void>;
  /** A source that is mapped to the warehouse. */
  addSource(properties?: object): Promise<ImportRoomSource>;
  /** Writes a file, and says where it is. */
  file(name: string, text: string): string;
}

export interface ImportRoomSource {
  readonly id: number;
  /** Schema of its tables. */
  readonly name: string;
  readonly token: string;
  /** File that holds the token. */
  readonly tokenFile: string;
}

const token = 'token-of-the-import-tests-0123456789abc';

export async function openImportRoom(): Promise<ImportRoom> {
  await using opening = new AsyncDisposableStack();
  const warehouse = opening.use(await createTestDatabase());
  const cli = opening.use(createCommandLine());
  const settings = { BACKSTITCH_TOKEN: token, BACKSTITCH_CLIENT_ID: '100' };
  let server: TestServer = await cli.serve(settings);
  opening.defer(async () => await server[Symbol.asyncDispose]());
  const { address } = server;

  const post = async (where: string, body?: object) => {
    const answer = await server.call(token, 'POST', where, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body as { id: number; name: string; access_token: string };
  };
  const file = (name: string, text: string): string => {
    const where = path.join(cli.data, name);
    writeFileSync(where, text);
    return where;
  };
  await post('/v4/destinations', {
    type: 'postgres',
    properties: {
      host: warehouse.host,
      port: warehouse.port,
      database: warehouse.database,
      username: warehouse.user,
      password: warehouse.password,
      ssl: false,
    },
  });
  let sources = 0;
  const opened = opening.move();

  return {
    cli,
    warehouse,
    address,
    token,
    file,
    async killServer() {
      server.signal('SIGKILL');
      await server.ended;
    },
    async startServer() {
      server = await cli.serve({ ...settings, BACKSTITCH_PORT: new URL(address).port });
    },
    async addSource(properties = {}) {
      sources += 1;
      const source = { type: 'import_api', display_name: `Source ${sources}`, properties };
      const { id, name } = await post('/v4/sources', source);
      const { access_token: issued } = await post(`/v4/sources/${id}/tokens`);
      return { id, name, token: issued, tokenFile: file(`token-${id}`, `${issued}\n`) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
