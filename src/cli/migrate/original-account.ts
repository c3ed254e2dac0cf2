import type { JsonObject } from '../../lib/json.ts';

/** What an account of the original holds, as far as it can be read. Holds no credentials: its API gives none. */
export interface OriginalAccount {
  /** Its id there; null where it holds nothing, which leaves the id unknown. */
  readonly clientId: number | null;
  readonly destinations: readonly OriginalDestination[];
  readonly sources: readonly OriginalSource[];
  /** Destinations and sources that are deleted there, and are left there. */
  readonly deleted: number;
}

export interface OriginalDestination {
  readonly id: number;
  readonly type: string;
  readonly name: string | null;
  readonly description: string | null;
  /** Those with a value; without credentials. */
  readonly properties: JsonObject;
  /** Credentials that have a value there, as its report card says. */
  readonly credentials: readonly string[];
  readonly isPaused: boolean;
}

export interface OriginalSource {
  readonly id: number;
  readonly type: string;
  /** The schema of its tables. */
  readonly name: string;
  readonly displayName: string;
  readonly properties: JsonObject;
  /** Null: mapped to nothing. */
  readonly destinationId: number | null;
  readonly isPaused: boolean;
  /** Import tokens that work; null where that could not be read. */
  readonly tokens: number | null;
}
