import type { MessagePort } from 'node:worker_threads';
import type { CloudEnvironment } from '../../destinations/destination.ts';
import type { Asked, Lane, LoadPlan, Recalled } from '../../destinations/session.ts';
import type { LoadResult } from '../../model/load-result.ts';
import type { NetworkOptions } from '../../network/create-network.ts';
import type { OpenedTarget } from '../open-load-session.ts';
import type { RunnableLoad } from '../runner.ts';
import type { CarriedBodies } from './carried-bodies.ts';

/** What a thread that loads is asked. Each session has an id that the caller gives it. */
export interface RunnerCalls {
  /** Ends the session when it is cancelled. */
  open(input: {
    readonly session: string;
    readonly target: OpenedTarget;
  }): Promise<{ readonly recalls: boolean }>;
  run(input: RunInput): Promise<LoadResult>;
  settle(input: OfSession & { readonly plan: LoadPlan }): Promise<LoadResult | null>;
  marks(input: OfSession & { readonly lane: Lane }): Promise<readonly string[]>;
  dropMarks(input: OfSession & { readonly lane: Lane; readonly loadIds: readonly string[] }): Promise<void>;
  recall(input: OfSession & { readonly lane: Lane; readonly asked: Asked }): Promise<Recalled>;
  /** Ends whatever the session is doing, and closes it. */
  close(input: OfSession): Promise<void>;
}

export interface OfSession {
  readonly session: string;
}

export interface RunInput extends OfSession {
  readonly load: RunnableLoad;
  /** It has to wait for its turn, which is told through the port. */
  readonly waits: boolean;
  /** Bodies come through it: see {@link FromRun} and {@link ToRun}. */
  readonly port: MessagePort;
}

/** From a load that runs in a thread. */
export type FromRun =
  | { readonly kind: 'want'; readonly batchIds: readonly string[] }
  | { readonly kind: 'read' };

/** To it. `bodies`: what was wanted first of what is not here yet. `lost`: it cannot be had, and the caller knows why. */
export type ToRun =
  | { readonly kind: 'bodies'; readonly carried: CarriedBodies }
  | { readonly kind: 'lost' }
  | { readonly kind: 'turn' }
  /** What had to be done once all was read is done; `stop`: it failed, and the caller knows why. */
  | { readonly kind: 'go-on' }
  | { readonly kind: 'stop' };

/** What the thread is made with. */
export interface RunnerThreadData {
  readonly cloud: CloudEnvironment;
  readonly network: Pick<NetworkOptions, 'policy' | 'allow' | 'egressAddresses'>;
  readonly parsedBytes: number;
}
