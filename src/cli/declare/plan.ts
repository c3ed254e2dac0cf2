import type { Json, JsonObject } from '../../lib/json.ts';
import type { Reference } from './declaration.ts';

/** What would be done, in this order, and what would not. Holds credentials to be sent: it is rendered, never logged. */
export interface Plan {
  readonly actions: readonly Action[];
  /** Declared, and as it should be. */
  readonly kept: readonly Thing[];
  /** In the account, but not in the file. */
  readonly unmanaged: readonly Thing[];
}

export interface Thing {
  readonly kind: 'destination' | 'source';
  /** A source's display name. */
  readonly name: string;
  /** Null while it does not exist. */
  readonly id: number | null;
  /** Credentials that are declared and stored, which nobody can compare. */
  readonly unseen?: readonly string[];
}

export type Action = CreateDestination | UpdateDestination | CreateSource | UpdateSource | Delete;

interface Common extends Thing {
  /** What people are shown. */
  readonly changes: readonly Change[];
}

interface CreateDestination extends Common {
  readonly kind: 'destination';
  readonly verb: 'create';
  readonly type: string;
  readonly description: string | null;
  readonly properties: JsonObject;
}

interface UpdateDestination extends Common {
  readonly kind: 'destination';
  readonly verb: 'update';
  readonly id: number;
  readonly revision: string;
  /** Undefined: stays as it is. */
  readonly description?: string | null;
  /** Undefined: none has to be changed, so nothing has to be proved. */
  readonly properties?: JsonObject;
}

interface CreateSource extends Common {
  readonly kind: 'source';
  readonly verb: 'create';
  readonly type: string;
  readonly properties: JsonObject;
  readonly destination?: string | null;
  readonly paused: boolean;
}

interface UpdateSource extends Common {
  readonly kind: 'source';
  readonly verb: 'update';
  readonly id: number;
  readonly properties?: JsonObject;
  readonly destination?: string | null;
  readonly paused?: boolean;
}

interface Delete extends Common {
  readonly verb: 'delete';
  readonly id: number;
  /** Null for a source, which has none. */
  readonly revision: string | null;
}

/** One property, before and after; undefined where it has no value. A credential has no values here. */
export interface Change {
  readonly property: string;
  readonly from?: Json;
  readonly to?: Json;
  /** `set`: it had no value. `sent`: it has one, which may be the same. */
  readonly secret?: 'set' | 'sent' | 'cleared';
  /** Where the new value comes from, which is shown in its place: it may be more secret than the property is. */
  readonly reference?: Reference;
}
