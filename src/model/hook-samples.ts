import type { HookType } from './hook.ts';
import { type HookNews, renderHookBody, renderPostLoad } from './hook-body.ts';

export interface SampleOf {
  readonly type: HookType;
  readonly accountId: number;
  readonly destination: HookNews['destination'];
  readonly at: number;
}

/** A body as a hook of that type gets it, about a table that does not exist. */
export function sampleBody({ type, accountId, destination, at }: SampleOf): string {
  if (type === 'post_load')
    return renderPostLoad({
      batchedAt: at,
      sourceName: 'sample_source',
      table: 'sample_orders',
      tables: [
        {
          source: 'sample_orders',
          destination: 'sample_orders',
          rowsLoaded: 100,
          rowsRejected: 1,
          droppedAsOlder: 0,
          older: null,
          primaryKeys: ['id'],
        },
      ],
      notes: {
        tableVersion: null,
        newVersion: false,
        maxTimeExtracted: at,
        bookmarks: [{ key: 'updated_at', min: '2024-01-01T00:00:00Z', max: '2024-01-31T00:00:00Z' }],
      },
    });
  const isCheck = type === 'check_failed';
  return renderHookBody({
    type,
    accountId,
    destination,
    source: isCheck ? null : { id: 0, name: 'sample_source' },
    table: isCheck ? null : 'sample_orders',
    load: isCheck ? null : { id: '00000000000000000000000000000000', batchedAt: at },
    check: isCheck ? `${accountId}.${destination.id}.check.00000000-0000-0000-0000-000000000000` : null,
    at,
    message: 'This is a test: somebody asked for it, nothing has happened.',
    remedy: null,
    counts: {},
    examples: [],
    heldBack: 0,
  });
}
