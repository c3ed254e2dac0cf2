import type { JsonObject } from '../../lib/json.ts';
import type { FormProperty } from '../../model/form.ts';
import type { Source } from '../../model/source.ts';

/** What a migration would do, and what it cannot do and why. Holds no credentials. */
export interface MigrationPlan {
  /** Of the original; null: unknown, since there is nothing in it. */
  readonly clientId: number | null;
  readonly accountId: number;
  readonly destinations: readonly PlannedDestination[];
  readonly sources: readonly PlannedSource[];
  /** What holds for the account as a whole. */
  readonly notes: readonly string[];
}

interface Common {
  /** In the original. */
  readonly id: number;
  readonly type: string;
  readonly name: string;
  /** What somebody should know of it. */
  readonly notes: readonly string[];
}

interface Present extends Common {
  readonly fate: 'present';
  /** Its id here. */
  readonly here: number;
}

interface Impossible extends Common {
  readonly fate: 'cannot';
  readonly why: string;
  readonly remedy: string | null;
}

export interface NewDestination extends Common {
  readonly fate: 'create';
  /** The id that it gets; null: the next free one. */
  readonly here: number | null;
  readonly description: string | null;
  readonly properties: JsonObject;
  /** Credentials that have to be given. */
  readonly secrets: readonly FormProperty[];
}

export interface NewSource extends Common {
  readonly fate: 'create';
  readonly here: number | null;
  readonly schema: string;
  readonly properties: Source['properties'];
  /** The original's id of the destination it is mapped to; null: none. */
  readonly destination: number | null;
  readonly isPaused: boolean;
  /** Senders have tokens, whose values only they know. */
  readonly hasTokens: boolean;
}

export interface PresentSource extends Present {
  /** The original's id of a destination that it is to be mapped to; null: its mapping stays. */
  readonly destination: number | null;
}

export type PlannedDestination = NewDestination | Present | Impossible;
export type PlannedSource = NewSource | PresentSource | Impossible;

/** Nothing is to be created or mapped. */
export const isDone = ({ destinations, sources }: MigrationPlan): boolean =>
  destinations.every(({ fate }) => fate !== 'create') && sources.every((source) => !isWork(source));

export const isWork = (source: PlannedSource): boolean =>
  source.fate === 'create' || (source.fate === 'present' && source.destination !== null);
