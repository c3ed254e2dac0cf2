import type { Properties } from './form.ts';

/** A destination as it is stored. Credentials are not in it: {@link credentialNames} says which have a value. */
export interface Destination {
  readonly id: number;
  readonly accountId: number;
  /** Random 128 bits in hex: what sealed credentials are bound to. Never shown, never reused. */
  readonly uid: string;
  readonly type: string;
  readonly name: string;
  readonly description: string | null;
  /** Grows by one with each update that changes something. It is the ETag. */
  readonly revision: number;
  /** All stored properties but the credentials. */
  readonly properties: Properties;
  /** Names of the credentials that have a stored value. */
  readonly credentialNames: readonly string[];
  /** Milliseconds since 1970, as all times of the model. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
  /** Set while the destination refuses us for credentials or privileges. */
  readonly systemPausedAt: number | null;
  /** The last check that completed while its revision was the current one. */
  readonly lastCheck: LastCheck | null;
  /** Name of the newest check that was started for this destination. */
  readonly checkJobName: string | null;
}

export interface LastCheck {
  readonly name: string;
  readonly revision: number;
  readonly error: boolean;
  readonly startedAt: number;
  readonly completedAt: number;
}

/** One entry of a destination's change history. Values of credentials never appear. */
export interface Change {
  readonly at: number;
  /** The revision this change made; several changes may share one (an accepted host key makes none). */
  readonly revision: number;
  /** Who: `token:<id>`, `session:<id>`, `partner:<id>`, `cli`, `server`. */
  readonly actor: string;
  readonly action: 'created' | 'updated' | 'deleted' | 'ssh_host_key_accepted';
  readonly changes: readonly PropertyChange[];
  /** Facts worth a warning, for example that a stored credential now goes to another host. */
  readonly notes: readonly string[];
}

export interface PropertyChange {
  readonly property: string;
  /** Absent for credentials, and where there was or is no value. */
  readonly from?: Properties[string];
  readonly to?: Properties[string];
}
