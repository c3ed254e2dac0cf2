import type { Json } from '../../lib/json.ts';

/** What a file says there shall be. What it does not mention stays as it is. */
export interface Declaration {
  readonly destinations: readonly DeclaredDestination[];
  readonly sources: readonly DeclaredSource[];
}

export interface DeclaredDestination {
  /** By which it is found again: unique in the file, and in the account. */
  readonly name: string;
  readonly type: string;
  /** Undefined: the file does not say. */
  readonly description?: string | null;
  readonly properties: Readonly<Record<string, DeclaredValue>>;
}

export interface DeclaredSource {
  /** By which it is found again. */
  readonly displayName: string;
  readonly type: string;
  /** Name of a destination; null: none. Undefined: the file does not say. */
  readonly destination?: string | null;
  readonly properties: Readonly<Record<string, Json>>;
  readonly paused?: boolean;
}

/** A value, or where it stands: credentials are never written into the file itself. */
export type DeclaredValue = { readonly value: Json } | Reference;
export type Reference = { readonly env: string } | { readonly file: string };

/** Keys that lead to something in the file: `['destinations', 'Warehouse', 'properties', 'port']`. */
export type Path = readonly string[];

/** What is wrong, and what would be right; no value of a credential is in it. */
export interface Problem {
  readonly at: Path;
  readonly why: string;
}

/** Says where in the file something stands: `warehouse.yaml:4:7`. */
export type Locate = (at: Path) => string;
