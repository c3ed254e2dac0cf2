import type { CheckOutcome, CheckStep } from '../model/check.ts';
import type { Form, Properties } from '../model/form.ts';
import type { Network } from '../network/network.ts';
import type { Capabilities } from './capabilities.ts';
import type { Session } from './session.ts';

/**
 * THE contract of a destination type. A type is a value: an object literal that says what it is, one folder for each
 * type, found through `registry.ts`. Shared code never asks for a type's name; a difference between types is a
 * documented capability here or a method of its connector.
 */
export interface DestinationType {
  /** Name on the wire: `postgres`, `mysql_destination`. */
  readonly type: string;
  /** Name for people: `PostgreSQL`. Default destination names are made from it. */
  readonly title: string;
  readonly form: Form;
  readonly details: TypeDetails;
  /**
   * Loads the connector (and with it the driver) when a destination of this type is first used. Null: this build
   * cannot connect the type; it is listed with `access: false` and cannot be created.
   */
  readonly connector: (() => Promise<Connector>) | null;
}

/** The `details` of destination-types, `access` excepted: that one follows from the connector. */
export interface TypeDetails {
  readonly pricingTier: string;
  readonly pipelineState: string;
  readonly protocol: string;
}

export interface Connector<Settings = unknown> {
  readonly capabilities: Capabilities;

  /**
   * From accepted properties (credentials included) to typed settings. Called before every check and load.
   * @throws {Failure} InvalidProperties when stored values no longer make sense to this build.
   */
  resolve(properties: Properties): Settings;

  /**
   * Proves that the settings work, in named steps, each under a deadline of its own and the whole under 30 s, and
   * leaves no object behind. Reports each step through the context as it ends; after the first failed step the rest
   * are skipped. What the destination does wrong is returned as a failed step; it throws only bugs.
   * May run at the same time for several settings.
   */
  check(settings: Settings, context: CheckContext): Promise<CheckOutcome>;

  /**
   * Signs in and opens a session for loads. Left out: this build cannot load into the type. Several sessions may be
   * open for the same settings.
   * @throws {LoadFailure} the destination cannot be reached, or refuses us.
   */
  open?(settings: Settings, context: LoadContext): Promise<Session>;
}

/** What a session needs from outside for as long as it is open. */
export interface LoadContext {
  readonly network: Network;
  readonly cloud?: CloudEnvironment;
  /** Ends the session from outside, and whatever it is doing. */
  readonly signal: AbortSignal;
  /** SSH of the account; used only when the settings ask for a tunnel. */
  readonly ssh: SshIdentity;
}

export interface CheckContext {
  readonly network: Network;
  readonly cloud?: CloudEnvironment;
  /** Ends the check from outside (the server stops, the lease was lost). */
  readonly signal: AbortSignal;
  /** Called with each step when it begins (`step` null) and when it has ended. Must not throw. */
  onStep(name: string, step: CheckStep | null): void;
  /** Schemas of the sources mapped to this destination; may be empty. */
  readonly schemas: readonly string[];
  /** SSH of the account; used only when the settings ask for a tunnel. */
  readonly ssh: SshIdentity;
}

/**
 * What the environment of the server says about clouds that it may use by itself (`AWS_REGION`, `AWS_PROFILE` …); never
 * from a request. It may hold secrets. Left out: nothing.
 */
export type CloudEnvironment = Readonly<Record<string, string | undefined>>;

export interface SshIdentity {
  readonly privateKey: string;
  /** One-line OpenSSH public key, for remedies ("add this line to authorized_keys"). */
  readonly publicKey: string;
  /** The host key pinned to (destination, host, port), or null. */
  pinnedHostKey(host: string, port: number): string | null;
  /** Called once the tunnel is up; the caller pins the key if the settings are saved ones. */
  onHostKey(host: string, port: number, hostKey: string): void;
}
