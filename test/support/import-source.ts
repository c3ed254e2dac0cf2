import { expect } from 'vitest';
import type { RawAnswer, RawRequest } from './http-request.ts';
import type { TestServer, Visitor } from './test-server.ts';

/** A source of the Import API with a token, and requests in its name. */
export interface ImportSource {
  readonly id: number;
  readonly token: string;
  readonly clientId: number;
  /** Sends with the source's token and the content type JSON, unless the headers say otherwise (empty: none). */
  send(
    call: 'batch' | 'push' | 'validate',
    body: unknown,
    headers?: RawRequest['headers'],
  ): Promise<RawAnswer>;
  /** Changes the source, as its account. */
  update(changes: object): Promise<void>;
  delete(): Promise<void>;
  /** Tables of the batches that were accepted, newest first. */
  acceptedTables(): Promise<string[]>;
}

let made = 0;

export async function createImportSource(
  server: TestServer,
  { as = server.visitor, ...changes }: { readonly as?: Visitor; readonly properties?: object } = {},
): Promise<ImportSource> {
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await server.request(method, path, { as, ...(body && { body }) });
    expect(answer.status, answer.text).toBe(200);
    return answer;
  };
  made += 1;
  const body = { type: 'import_api', display_name: `Import ${made}`, ...changes };
  const { id } = (await ask('POST', '/v4/sources', body)).json<{ id: number }>();
  const issued = await ask('POST', `/v4/sources/${id}/tokens`);
  const { access_token: token } = issued.json<{ access_token: string }>();

  return {
    id,
    token,
    clientId: as.accountId,
    async send(call, sent, headers = {}) {
      return await server.request('POST', `/v2/import/${call}`, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        body: sent,
      });
    },
    async update(given) {
      await ask('PUT', `/v4/sources/${id}`, given);
    },
    async delete() {
      await ask('DELETE', `/v4/sources/${id}`);
    },
    async acceptedTables() {
      const answer = await ask('GET', `/v4/sources/${id}/batches`);
      return answer.json<{ table_name: string }[]>().map((batch) => batch.table_name);
    },
  };
}

/** A body of batch that is accepted. */
export const batchBody = (changes: object = {}): object => ({
  table_name: 'customers',
  schema: { properties: { id: { type: 'integer' }, name: { type: ['null', 'string'] } } },
  key_names: ['id'],
  messages: [{ action: 'upsert', sequence: 1565880017, data: { id: 1, name: 'Finn' } }],
  ...changes,
});

/** A record of push that is accepted. */
export const pushRecord = ({ clientId }: Pick<ImportSource, 'clientId'>, changes: object = {}): object => ({
  client_id: clientId,
  table_name: 'customers',
  sequence: 1565880017,
  action: 'upsert',
  key_names: ['id'],
  data: { id: 1, name: 'Finn' },
  ...changes,
});
