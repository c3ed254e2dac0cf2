import { randomKey } from './random-key.ts';
import type { Answer, CallOptions, Transport } from './transport.ts';
import type { Replay, StartReplay } from './wire/replay.ts';

/** Loading once more what is kept of a source, so that a destination gets it without the sender. */
export interface Replays {
  /**
   * @param options.idempotencyKey random by default, which makes repetitions safe.
   * @throws {ConflictError} with the code `SourcePaused`, `NothingRetained`, `ReplayUnderWay` or `RowsWouldDouble`.
   */
  start(
    sourceId: number,
    replay: StartReplay,
    options?: CallOptions & { readonly idempotencyKey?: string },
  ): Promise<Replay>;
  /** Newest first. */
  list(sourceId: number, options?: CallOptions): Promise<readonly Replay[]>;
  /** @throws {NotFoundError} */
  get(sourceId: number, id: number, options?: CallOptions): Promise<Replay>;
  /** Gives up what has not been loaded; rows that were loaded stay. */
  cancel(sourceId: number, id: number, options?: CallOptions): Promise<Replay>;
}

export function createReplays({ call }: Transport): Replays {
  const at = (sourceId: number, rest: string): string => `/v4/sources/${sourceId}${rest}`;
  const value = async <T>(answer: Promise<Answer<T>>): Promise<T> => (await answer).value;

  return {
    start: (sourceId, body, { signal, idempotencyKey = randomKey() } = {}) =>
      value(
        call<Replay>(at(sourceId, '/replay'), {
          method: 'POST',
          body,
          headers: { 'idempotency-key': idempotencyKey },
          signal,
        }),
      ),
    list: (sourceId, { signal } = {}) => value(call<Replay[]>(at(sourceId, '/replays'), { signal })),
    get: (sourceId, id, { signal } = {}) => value(call<Replay>(at(sourceId, `/replays/${id}`), { signal })),
    cancel: (sourceId, id, { signal } = {}) =>
      value(call<Replay>(at(sourceId, `/replays/${id}`), { method: 'DELETE', signal })),
  };
}
