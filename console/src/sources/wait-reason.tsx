import type { Batch } from '@backstitch/client';
import { Link } from '@tanstack/react-router';

/** What batches wait for though nothing went wrong, with the way to where it is changed. */
export function WaitReason({
  reason,
  sourceId,
  destinationId,
}: {
  readonly reason: NonNullable<Batch['waits_for']>;
  readonly sourceId: number;
  readonly destinationId: number | null;
}) {
  switch (reason.code) {
    case 'source_paused':
      return <p>The source is paused; its records go on when it is resumed.</p>;
    case 'unmapped':
    case 'destination_deleted':
      return (
        <p>
          {reason.code === 'unmapped' ? 'The source has no destination. ' : 'The destination was deleted. '}
          <Link to="/sources/$id/settings" params={{ id: sourceId }}>
            Choose one
          </Link>
        </p>
      );
    case 'destination_refuses':
      return (
        <p>
          The destination refuses us. It is tried again every five minutes, and loading goes on when a check
          succeeds.{' '}
          {destinationId !== null && (
            <Link to="/destinations/$id" params={{ id: destinationId }}>
              See why
            </Link>
          )}
        </p>
      );
    default:
      return <p>{reason.message}</p>;
  }
}
