import { type ExpressionBuilder, sql } from 'kysely';
import { all, first, type Work } from '../operation.ts';
import type { ChangeFilter, ToldChange } from '../rejection-store.ts';
import type { Schema } from '../schema.ts';
import { type Given, statement } from '../statement.ts';

interface Narrowed {
  readonly accountId: number;
  readonly sourceId: number;
  readonly anySource: number;
  readonly table: string;
  readonly anyTable: number;
  readonly since: number;
}

/** What is told of a change; `sources` stands for the name. */
export const toldColumns = [
  'schema_changes.source_id as sourceId',
  'sources.name as sourceName',
  'schema_changes.destination_id as destinationId',
  'schema_changes.load_id as loadId',
  'schema_changes.changed_at as changedAt',
  'schema_changes.table_name as table',
  'schema_changes.kind',
  'schema_changes.before_text as before',
  'schema_changes.after_text as after',
  'schema_changes.views',
] as const;

const narrowedBy =
  (given: Given<Narrowed>) =>
  ({ and, or, eb }: ExpressionBuilder<Schema, 'schema_changes' | 'lanes'>) =>
    and([
      eb('schema_changes.account_id', '=', given('accountId')),
      eb('schema_changes.changed_at', '>=', given('since')),
      or([sql<boolean>`1 = ${given('anySource')}`, eb('schema_changes.source_id', '=', given('sourceId'))]),
      or([
        sql<boolean>`1 = ${given('anyTable')}`,
        eb('schema_changes.table_name', '=', given('table')),
        eb('lanes.table_name', '=', given('table')),
      ]),
    ]);

const told = statement<Narrowed & { limit: number; offset: number }>()((db, given) =>
  db
    .selectFrom('schema_changes')
    .innerJoin('lanes', 'lanes.id', 'schema_changes.lane_id')
    .innerJoin('sources', 'sources.id', 'schema_changes.source_id')
    .select(toldColumns)
    .where(narrowedBy(given))
    .orderBy('schema_changes.id', 'desc')
    .limit(given('limit'))
    .offset(given('offset')),
);

const counted = statement<Narrowed>()((db, given) =>
  db
    .selectFrom('schema_changes')
    .innerJoin('lanes', 'lanes.id', 'schema_changes.lane_id')
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .where(narrowedBy(given)),
);

export function* listSchemaChanges({
  accountId,
  filter,
}: {
  accountId: number;
  filter: ChangeFilter;
}): Work<{ changes: ToldChange[]; total: number }> {
  const { sourceId, table, since = 0, limit, offset } = filter;
  const narrowed = {
    accountId,
    sourceId: sourceId ?? 0,
    anySource: sourceId === undefined ? 1 : 0,
    table: table ?? '',
    anyTable: table === undefined ? 1 : 0,
    since,
  };
  const rows = yield* all(told, { ...narrowed, limit, offset });
  const sum = yield* first(counted, narrowed);
  return {
    changes: rows.map(({ views, ...change }) => ({
      ...change,
      dependentViews: JSON.parse(views) as string[],
    })),
    total: sum?.total ?? 0,
  };
}
