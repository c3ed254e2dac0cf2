import type { Dialect } from '../dialect.ts';

/** One step of the store's schema. Once released it never changes; the next difference is a migration of its own. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  /** Statements, run in order in one transaction. */
  readonly statements: (dialect: Dialect) => readonly string[];
}
