import type { Reason } from './reject.ts';
import type { CatalogTable, TableStop } from './shape.ts';
import { looksLikeStitch, primaryKeyColumn } from './system-columns.ts';

/** Why a table that stands must not be loaded as it is, or null. */
export function tableStop(options: {
  readonly standing: CatalogTable | undefined;
  readonly tableName: string;
  /** Cleaned; empty for append-only. */
  readonly keyNames: readonly string[];
  readonly upsert: boolean;
}): TableStop | null {
  const { standing, tableName, keyNames, upsert } = options;
  if (!standing) return null;
  if (!standing.owned && !looksLikeStitch(new Set(standing.columns.map(({ name }) => name))))
    return {
      code: 'foreign-table',
      message: `The table ${tableName} exists in the destination and was not made by this server, so nothing is written to it. Rename or move that table, or give the source another name, so that its data goes into another schema.`,
    };
  if (!upsert) return null;
  const standingKeys = standing.primaryKey.filter(
    (name) => keyNames.length > 0 || name !== primaryKeyColumn.name,
  );
  const same =
    standingKeys.length === keyNames.length && keyNames.every((name) => standingKeys.includes(name));
  if (same) return null;
  return {
    code: 'keys-changed',
    message: `Primary Keys for table do not match Primary Keys of incoming data: the table ${tableName} has ${list(standingKeys)}, the incoming data has ${list(keyNames)}. Give the table that primary key again, or rename or drop it, so that it is made anew from the data that is sent next. Where the sender is wrong, rename the table and its subtables until these batches stand in one of their own; then drop that, and give yours its name again.`,
  };
}

/** Every record of a load has a key of another type than the table. */
export const keyTypeStop = (tableName: string, { text }: Reason): TableStop => ({
  code: 'key-type',
  message: `No record of this load for the table ${tableName} has a key of the table's type: ${text}. Send the keys in the type that the table has, or rename or drop the table, so that it is made anew from the data that is sent next.`,
});

const list = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : `(${names.map((name) => JSON.stringify(name)).join(', ')})`;
