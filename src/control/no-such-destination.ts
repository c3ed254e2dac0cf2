import { Failure } from '../errors/failure.ts';

/** The same for an id that is unknown, deleted, or another account's. */
export const noSuchDestination = (id: number): Failure =>
  new Failure('InvalidId', `This account has no destination ${id}.`, {
    remedy: 'GET /v4/destinations lists those it has.',
  });
