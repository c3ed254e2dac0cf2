import { expect } from 'vitest';
import { type V4Destination, v4Body } from './http-destinations.ts';
import type { TestServer, Visitor } from './test-server.ts';

/** A source as a client reads it, as far as tests look at it. */
export interface V4Source {
  readonly id: number;
  readonly name: string;
  readonly display_name: string;
  readonly destination_id: number | null;
  readonly paused_at: string | null;
  readonly deleted_at: string | null;
  readonly properties: Readonly<Record<string, string>>;
}

/** The report card of a stored source. */
export const sourceReportCard = {
  type: 'import_api',
  current_step: 2,
  current_step_type: 'fully_configured',
  steps: [
    { type: 'form', properties: [] },
    { type: 'fully_configured', properties: [] },
  ],
};

/** An id that nobody has. */
export const missingId = 999_999_999;

/** An error of the object form, by code and text. */
export const objectFailure = (error: string, message: string, facts: object = {}) => ({
  error,
  message: expect.any(String),
  data: { message, ...facts },
});

/** Calls of version 4 for sources. */
export interface SourceClient {
  call(method: string, path: string, body?: unknown, as?: Visitor): Promise<ClientAnswer>;
  /** A source with a name of its own. */
  create(changes?: object, as?: Visitor): Promise<V4Source>;
  /** Its id. Its first check is over: one that succeeds later would end the rest of blocked lanes. */
  createDestination(as: Visitor, changes?: object): Promise<number>;
}

interface ClientAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export function sourceClient(server: TestServer): SourceClient {
  let made = 0;
  const call: SourceClient['call'] = async (method, path, body, as = server.visitor) => {
    const answer = await server.request(method, path, { as, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, headers: answer.headers, body: answer.json<unknown>() };
  };
  return {
    call,
    async create(changes = {}, as = server.visitor) {
      made += 1;
      const body = { type: 'import_api', display_name: `Source ${made}`, ...changes };
      const answer = await call('POST', '/v4/sources', body, as);
      expect(answer).toMatchObject({ status: 200 });
      return answer.body as V4Source;
    },
    async createDestination(as, changes = {}) {
      const body = { ...v4Body(), ...changes };
      const headers = { prefer: 'wait=20' };
      const answer = await server.request('POST', '/v4/destinations', { as, body, headers });
      expect(answer.status).toBe(200);
      return answer.json<V4Destination>().id;
    },
  };
}
