import { createMemoryWarehouse, type SampleBatch } from './memory-warehouse.ts';
import { postgresRules } from './sample-dialects.ts';

/** Loads records into an empty warehouse, in one chunk. */
export function loadRecords(
  records: readonly object[],
  options: Omit<SampleBatch, 'records'> = {},
  dialect = postgresRules,
) {
  const warehouse = createMemoryWarehouse({ dialect });
  const result = warehouse.load({ ...options, records: records.map((data) => ({ data })) });
  return { ...warehouse, ...result, reasons: result.reports.map(({ kind, reason }) => `${kind}: ${reason}`) };
}
