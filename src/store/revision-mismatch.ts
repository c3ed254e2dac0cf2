import { Failure } from '../errors/failure.ts';

/** If-Match names other revisions than the destination has now. */
export const revisionMismatch = (id: number, revision: number): Failure =>
  new Failure('RevisionMismatch', `Destination ${id} is at revision ${revision} by now.`, {
    remedy: 'Read it again, and repeat the request with the new ETag.',
    data: { revision },
  });
