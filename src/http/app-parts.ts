import type { Checks } from '../checks/checks.ts';
import type { Accounts, Destinations, Sources } from '../control/control.ts';
import type { Hooks } from '../control/hooks.ts';
import type { Replays } from '../control/replays.ts';
import type { Sessions } from '../control/sessions.ts';
import type { DestinationType } from '../destinations/destination.ts';
import type { Events } from '../events/events.ts';
import type { HookSender } from '../hooks/hook-sender.ts';
import type { Intake } from '../intake/intake.ts';
import type { RejectedRecords } from '../intake/rejected-records.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Loader } from '../loading/loading.ts';
import type { Network } from '../network/network.ts';
import type { Store } from '../store/store.ts';
import type { TokenAuth } from './auth.ts';
import type { Metrics } from './ops/metrics.ts';
import type { PartnerAuth } from './partner/partner-auth.ts';
import type { SessionCookie } from './sessions/cookie.ts';
import type { HttpSettings } from './settings.ts';

/** What the server stands on. */
export interface AppOptions {
  readonly store: Store;
  readonly destinations: Destinations;
  readonly accounts: Accounts;
  readonly sources: Sources;
  readonly replays: Replays;
  readonly hooks: Hooks;
  readonly intake: Intake;
  readonly rejected: RejectedRecords;
  readonly checks: Checks;
  /** What the metrics count loads by; left out where this process carries none. */
  readonly loader?: Pick<Loader, 'onEvent'>;
  /** What the metrics count messages to hooks by; left out where this process sends none. */
  readonly hookSender?: Pick<HookSender, 'onEvent'>;
  readonly types: DestinationTypes;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: HttpSettings;
  /** Finds out who asks; by default by the tokens and sessions in the store. */
  readonly tokenAuth?: TokenAuth;
}

/** The destination types of this build. */
export interface DestinationTypes {
  /** In the order in which they are listed. */
  readonly all: readonly DestinationType[];
  find(name: string): DestinationType | undefined;
}

/** What the surfaces share: the same, and what the server adds. */
export interface AppParts extends AppOptions {
  readonly events: Events;
  readonly sessions: Sessions;
  readonly sessionCookie: SessionCookie;
  readonly tokenAuth: TokenAuth;
  readonly partnerAuth: PartnerAuth;
  readonly metrics: Metrics;
}
