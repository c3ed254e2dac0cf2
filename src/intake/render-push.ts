import { type ExactJson, type ExactJsonObject, isExactObject, renderExactJson } from '../lib/exact-json.ts';
import { isInstant } from '../lib/instant.ts';
import type { Message } from './message.ts';
import type { PushedTable } from './parse-push.ts';

/**
 * A body of push that holds one table of another body, in its format, with the same records in the same order: parsed,
 * it gives what `table` is, but for positions, which count from 0.
 */
export function renderPush(table: PushedTable, format: 'json' | 'transit', clientId: number): Uint8Array {
  const written = [
    ...table.messages.map((message) => ({
      position: message.position,
      record: recordOf(message, table, clientId),
    })),
    ...table.rejected.map(({ position, message }) => ({ position, record: message })),
  ]
    .sort((one, other) => one.position - other.position)
    .map(({ record }) => record);
  return Buffer.from(renderExactJson(format === 'transit' ? asTransit(written) : written));
}

function recordOf(
  message: Message,
  { tableName, keyNames, tableVersion }: PushedTable,
  clientId: number,
): ExactJsonObject {
  return {
    client_id: clientId,
    table_name: tableName,
    sequence: message.sequence,
    key_names: [...keyNames],
    ...(tableVersion !== null && { table_version: tableVersion }),
    ...(message.action === 'activate'
      ? { action: 'activate_version' }
      : {
          action: 'upsert',
          data: message.data,
          ...(message.extractedAt !== null && { time_extracted: message.extractedAt }),
        }),
  };
}

/** Transit's verbose mode, without its cache: JSON in which texts that begin with `~`, `^` or a backtick are escaped. */
function asTransit(value: ExactJson): ExactJson {
  if (typeof value === 'string') return escapeText(value);
  if (Array.isArray(value)) return value.map(asTransit);
  if (isInstant(value)) return `~t${value.text}`;
  if (!isExactObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [escapeText(key), asTransit(entry)]));
}

const escapeText = (text: string): string => (/^[~^`]/.test(text) ? `~${text}` : text);
