import type { TestPostgres } from '../test/support/embedded-postgres.ts';
import type { ChildServer } from './child-server.ts';

export interface TestDestination {
  readonly id: number;
  /** As a v3 request names it. */
  readonly connection: Readonly<Record<string, string | number | boolean>>;
}

/** Makes destinations that point at a real PostgreSQL, and waits until their first checks are over. */
export async function createTestDestinations(options: {
  readonly server: ChildServer;
  readonly authorization: string;
  readonly postgres: TestPostgres;
  readonly count: number;
}): Promise<readonly TestDestination[]> {
  const { server, authorization, postgres, count } = options;
  const { host, port, user: username, password } = postgres;
  const connection = { host, port, username, database: 'postgres', password, ssl: false };
  const create = async (): Promise<TestDestination> => {
    const response = await fetch(`${server.url}/v3/destinations`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify({ type: 'postgres', connection }),
    });
    if (!response.ok) throw new Error(`POST /v3/destinations: ${response.status} ${await response.text()}`);
    const { id } = (await response.json()) as { id: number };
    return { id, connection };
  };
  return await Promise.all(Array.from({ length: count }, create));
}
