import { type ExactJson, type ExactJsonObject, renderExactJson } from '../lib/exact-json.ts';

/** What holds for all messages of a batch. */
export interface TableHead {
  readonly tableName: string;
  readonly schema: ExactJsonObject;
  /** None: the table is append-only. */
  readonly keyNames: readonly string[];
  readonly bookmarkNames?: readonly string[];
  readonly tableVersion?: ExactJson;
}

/** A message of a batch. */
export interface TableMessage {
  readonly action: 'upsert' | 'activate_version';
  readonly sequence: bigint;
  readonly data?: ExactJsonObject;
  readonly extractedAt?: string | null;
}

/** The body of a request that is being put together. */
export interface TableBatch {
  readonly messages: number;
  /** Of the body, about: its messages in UTF-8. */
  readonly bytes: number;
  add(message: string): void;
  /** The body; every digit as it came. */
  render(): string;
}

/** A body is sent before it has more; a single larger message makes a body of its own. */
export const mostBytes = 4_000_000;
/** The server takes no more messages in one body. */
export const mostMessages = 20_000;

export function createTableBatch(head: TableHead): TableBatch {
  const added: string[] = [];
  let bytes = 0;
  return {
    get messages() {
      return added.length;
    },
    get bytes() {
      return bytes;
    },
    add(message) {
      added.push(message);
      bytes += Buffer.byteLength(message) + 1;
    },
    render: () => `${renderHead(head)},"messages":[${added.join(',')}]}`,
  };
}

/** A message as it stands in a body. */
export function renderMessage({ action, sequence, data, extractedAt = null }: TableMessage): string {
  const record = data === undefined ? '' : `,"data":${renderExactJson(data)}`;
  const extracted = extractedAt === null ? '' : `,"time_extracted":${JSON.stringify(extractedAt)}`;
  return `{"action":"${action}","sequence":${sequence}${record}${extracted}}`;
}

/** Equal for heads that say the same. Without its closing brace: the messages follow. */
export function renderHead({ tableName, schema, keyNames, bookmarkNames, tableVersion }: TableHead): string {
  const entire = renderExactJson({
    table_name: tableName,
    schema,
    key_names: [...keyNames],
    ...(bookmarkNames === undefined ? {} : { bookmark_names: [...bookmarkNames] }),
    ...(tableVersion === undefined ? {} : { table_version: tableVersion }),
  });
  return entire.slice(0, -1);
}
