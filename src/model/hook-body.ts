import type { HookType } from './hook.ts';
import type { LoadNotes, TableResult } from './load-result.ts';

/** What a message of one of our own types says. Carries no secret: its texts are those that the API shows. */
export interface HookNews {
  readonly type: Exclude<HookType, 'post_load'>;
  readonly accountId: number;
  readonly destination: { readonly id: number; readonly type: string; readonly name: string };
  /** Null for what concerns the destination as a whole, as are the next two. */
  readonly source: { readonly id: number; readonly name: string } | null;
  readonly table: string | null;
  readonly load: { readonly id: string; readonly batchedAt: number } | null;
  /** Name of the connection check; null for what concerns a table. */
  readonly check: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly message: string;
  readonly remedy: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly examples: readonly object[];
  /** Messages of this kind that were not sent since the one before. */
  readonly heldBack: number;
}

/** The body of a message of our own, as JSON. */
export function renderHookBody(news: HookNews): string {
  return JSON.stringify({
    version: '1.0',
    type: news.type,
    client_id: news.accountId,
    destination: news.destination,
    source: news.source,
    table: news.table,
    load: news.load && { id: news.load.id, batched_at: renderMoment(news.load.batchedAt) },
    check: news.check,
    at: renderMoment(news.at),
    message: news.message,
    remedy: news.remedy,
    counts: news.counts,
    examples: news.examples,
    held_back: news.heldBack,
  });
}

export interface LoadedNews {
  /** Milliseconds since 1970: `_sdc_batched_at` of its rows. */
  readonly batchedAt: number;
  readonly sourceName: string;
  /** As sent. */
  readonly table: string;
  readonly tables: readonly TableResult[];
  readonly notes: LoadNotes | null;
}

/** The contract's body, as JSON. `table_version` has all its digits; it is 0 where a table has no versions. */
export function renderPostLoad({ batchedAt, sourceName, table, tables, notes }: LoadedNews): string {
  const head = JSON.stringify({
    version: '1.0',
    minimum_sdc_batched_at: renderMoment(batchedAt),
    integration_name: sourceName,
    new_version: notes?.newVersion ?? false,
    source_root_table_name: table,
    destination_root_table_name: tables[0]?.destination ?? table,
  });
  const list = JSON.stringify(tables.map((each, index) => renderTable(each, index === 0, table, notes)));
  return `${head.slice(0, -1)},"table_version":${notes?.tableVersion ?? '0'},"tables":${list}}`;
}

function renderTable(result: TableResult, isRoot: boolean, root: string, notes: LoadNotes | null): object {
  const { source, destination, rowsLoaded, rowsRejected, droppedAsOlder, primaryKeys, objects } = result;
  const allRejected = rowsRejected > 0 && rowsLoaded === 0 && droppedAsOlder === 0;
  const extractedAt = notes?.maxTimeExtracted ?? null;
  const bookmarks = isRoot ? (notes?.bookmarks ?? []) : [];
  return {
    source_table_name: !isRoot && source.startsWith(`${root}__`) ? source.slice(root.length + 2) : source,
    destination_table_name: destination,
    num_rows: rowsLoaded,
    num_rows_rejected: rowsRejected,
    s3_objects: objects ?? null,
    primary_keys: primaryKeys,
    bookmark_metadata: allRejected
      ? null
      : bookmarks.map(({ key, min, max }) => ({ key, max_value: max, min_value: min })),
    max_time_extracted: extractedAt === null ? null : renderMoment(extractedAt),
  };
}

const renderMoment = (milliseconds: number): string => new Date(milliseconds).toISOString();
