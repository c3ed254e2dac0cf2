import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of a test file's own in the run's shared PostgreSQL, with an owner that is no superuser. */
export interface TestDatabase extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly database: string;
  /** Owner of the database, with its password. */
  readonly user: string;
  readonly password: string;
  /** Connection string of the owner. */
  readonly url: string;
  /** Runs SQL in the database as superuser. */
  admin(sql: string): Promise<Record<string, unknown>[]>;
  /** Runs SQL beside the database, as superuser. */
  server(sql: string): Promise<Record<string, unknown>[]>;
  /** Runs SQL in the database as its owner. */
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** @param copyOf a database that nobody is connected to: the new one begins with what is in it, and has its owner. */
export async function createTestDatabase(copyOf?: TestDatabase): Promise<TestDatabase> {
  const port = inject('postgresPort');
  const database = `t_${randomBytes(6).toString('hex')}`;
  const { user, password } = copyOf ?? { user: `u_${database}`, password: randomBytes(9).toString('hex') };
  const server = `postgres://postgres:postgres@127.0.0.1:${port}`;
  const url = `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  if (!copyOf) await run(`${server}/postgres`, `create role ${user} login password '${password}'`);
  const template = copyOf ? ` template ${copyOf.database}` : '';
  await run(`${server}/postgres`, `create database ${database} owner ${user}${template}`);
  return {
    host: '127.0.0.1',
    port,
    database,
    user,
    password,
    url,
    admin: (sql) => run(`${server}/${database}`, sql),
    server: (sql) => run(`${server}/postgres`, sql),
    query: (sql) => run(url, sql),
    async [Symbol.asyncDispose]() {
      await run(`${server}/postgres`, `drop database if exists ${database} with (force)`);
      if (!copyOf) await run(`${server}/postgres`, `drop role if exists ${user}`);
    },
  };
}

async function run(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const result = await client.query(sql);
    return (Array.isArray(result) ? result.at(-1) : result).rows;
  } finally {
    await client.end();
  }
}
