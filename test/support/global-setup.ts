import type { TestProject } from 'vitest/node';
import { startPostgres } from './embedded-postgres.ts';
import { stripSources } from './strip-sources.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the run's shared PostgreSQL; make a database of your own in it. */
    postgresPort: number;
  }
}

/** One PostgreSQL for the whole run; test files make databases and roles of their own in it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  stripSources();
  const postgres = await startPostgres({ settings: { fsync: 'off', max_connections: '200' } });
  project.provide('postgresPort', postgres.port);
  return async () => await postgres[Symbol.asyncDispose]();
}
