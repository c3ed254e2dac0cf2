import type * as wire from '@backstitch/client';
import type { LoadGap, StreamError, StreamState } from '../../model/source.ts';
import { renderTimestampOrNull } from '../../model/timestamp.ts';

/** A table's last load as the contract describes it. While it is in error, no time of a load is shown. */
export const renderStream = (accountId: number, stream: StreamState): wire.Load => ({
  stitch_client_id: accountId,
  source_name: stream.sourceName,
  stream_name: stream.table,
  last_batch_loaded_at: stream.error === null ? renderTimestampOrNull(stream.lastLoadedAt) : null,
  error_state: stream.error && renderError(stream.error),
  ...(stream.gap && { gap: renderGap(stream.gap) }),
});

/** Only where there is one: what the destination lost by going back in time, and is not kept here either. */
const renderGap = ({ since, loads, rows, from, to }: LoadGap): NonNullable<wire.Load['gap']> => ({
  found_at: renderTimestampOrNull(since),
  loads,
  rows,
  from: renderTimestampOrNull(from),
  to: renderTimestampOrNull(to),
  remedy: 'Send the records of this time once more: they are not kept here any longer.',
});

function renderError({ message, remedy, code }: StreamError): wire.LoadErrorState {
  const text = `${message.replace(/\.$/, '')}. ${remedy}`;
  const isSqlState = code !== null && /^[0-9A-Z]{5}$/.test(code);
  return {
    notification_data: {
      message: text,
      exception_message: message,
      error: 'LOADER_WAREHOUSE_ERROR',
      status: 'ERROR',
      action,
      warehouse_message: message,
      warehouse_error_code: isSqlState ? null : code,
      warehouse_sql_state: isSqlState ? code : null,
      column: null,
      new_column: null,
    },
    exception_chain: [{ class: 'LoadFailure', message: text, chain_sequence_num: 0, action }],
  };
}

/** What the original calls what it was about to do. */
const action = 'load-table';
