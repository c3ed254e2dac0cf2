import type { WatchedEvent } from '@backstitch/client';
import { printable } from '../printable.ts';

/** What happened, in a line for people; null for what does not concern loads. */
export function eventLine(event: WatchedEvent): string | null {
  const told = textOf(event);
  if (told === null) return null;
  const at = event.type === 'reset' ? '' : `${event.at}  `;
  return `${at}${printable(told)}`;
}

function textOf(event: WatchedEvent): string | null {
  switch (event.type) {
    case 'load.planned':
      return `${tableOf(event)}: loading, batches: ${event.batches}`;
    case 'load.loaded': {
      const rejected = event.rows_rejected > 0 ? `, rejected: ${event.rows_rejected}` : '';
      const older = event.dropped_as_older > 0 ? `, older than what stands: ${event.dropped_as_older}` : '';
      return `${tableOf(event)}: loaded, rows: ${event.rows_loaded}${rejected}${older}`;
    }
    case 'load.failed':
      return `${tableOf(event)}: failed: ${event.message} → ${event.remedy}${event.retry_at ? ` It is tried again at ${event.retry_at}.` : ''}`;
    case 'records.rejected':
      return `${tableOf(event)}: rejected, records: ${event.records}, single values: ${event.values}: ${event.reason}`;
    case 'table.changed': {
      const { source_name, table_name, kind, after } = event.change;
      return `${source_name}.${table_name}: ${kind.replaceAll('_', ' ')}: ${after}`;
    }
    case 'reset':
      return 'Some events are missing here: more happened than is told again.';
    default:
      return null;
  }
}

const tableOf = ({ source_name, table_name }: { source_name: string; table_name: string }): string =>
  `${source_name}.${table_name}`;
