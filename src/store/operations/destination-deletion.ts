import { type Context, run, type Work } from '../operation.ts';
import { revisionMismatch } from '../revision-mismatch.ts';
import { statement } from '../statement.ts';
import type { DestinationDeletion } from '../store.ts';
import { endOpenChecks } from './check-ends.ts';
import { addChange } from './destination-history.ts';
import { holdDestinationOf } from './destination-row.ts';
import { deleteHooksOf } from './hooks.ts';
import { forgetHostKeys } from './host-keys.ts';
import { pauseMapped } from './source-mapping.ts';

const markDeleted = statement<{ id: number; changeCount: number; now: number }>()((db, given) =>
  db
    .updateTable('destinations')
    .set({
      secrets: '{}',
      sealed_with: null,
      change_count: given('changeCount'),
      deleted_at: given('now'),
    })
    .where('id', '=', given('id')),
);

export function* deleteDestination(
  { accountId, id, actor, revisions }: DestinationDeletion,
  context: Context,
): Work<boolean> {
  const held = yield* holdDestinationOf(accountId, id);
  if (!held) return false;
  if (revisions && !revisions.includes(held.revision)) throw revisionMismatch(id, held.revision);
  yield* run(markDeleted, { id, changeCount: held.change_count + 1, now: context.now });
  yield* pauseMapped(id, context);
  yield* forgetHostKeys(id);
  yield* deleteHooksOf(id);
  yield* endOpenChecks(id, 'The destination was deleted before this check ended.', context);
  yield* addChange(id, held.change_count + 1, {
    at: context.now,
    revision: held.revision,
    actor,
    action: 'deleted',
    changes: [],
    notes: [],
  });
  return true;
}
