import {
  type LoadTuning,
  openLoadSession,
  usualTuning,
} from '../../src/destinations/mysql/load/open-load-session.ts';
import { resolveSettings } from '../../src/destinations/mysql/settings.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { again, makeBatch, randomId, type TestSession } from './load-session.ts';
import type { TestMariadb } from './mariadb.ts';

export interface MysqlSessionOptions {
  /** Schema of the loads. */
  readonly schema: string;
  readonly username: string;
  readonly password: string;
  readonly port?: number;
  readonly tuning?: Partial<LoadTuning>;
}

/** A session over the real network that loads into `<schema>.<table>`. */
export async function openMysqlSession(
  server: TestMariadb,
  { schema, tuning, port = server.port, ...user }: MysqlSessionOptions,
): Promise<TestSession> {
  const settings = resolveSettings({ host: server.host, port: String(port), ...user });
  const { signal } = new AbortController();
  const session = await openLoadSession(
    settings,
    {
      network: createNetwork({ policy: 'private', allow: [], egressAddresses: [] }),
      signal,
      ssh: { privateKey: '', publicKey: '', pinnedHostKey: () => null, onHostKey: () => {} },
    },
    { ...usualTuning, ...tuning },
  );
  return {
    session,
    load: (table, batches, plan = {}) =>
      session.load(
        {
          loadId: randomId(),
          lane: { schema, table },
          fence: 1,
          batchedAt: 1_700_000_001_000,
          ...plan,
        },
        again(batches.map(makeBatch)),
        signal,
      ),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
