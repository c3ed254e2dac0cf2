import { joint, levelName, sourceKeyName } from '../../../shape/names.ts';
import type { Catalog, CatalogTable } from '../../../shape/shape.ts';

/** The tables that hold what stands in arrays of a top level, in the order of their names. */
export function standingSubtables(options: {
  readonly catalog: Catalog;
  /** Names in the destination. */
  readonly table: string;
  readonly keys: readonly string[];
  /** As sent. */
  readonly source: string;
}): CatalogTable[] {
  const { catalog, table, keys, source } = options;
  const isSubtable = (candidate: CatalogTable): boolean => {
    const columns = new Set(candidate.columns.map(({ name }) => name));
    if (candidate.name === table || !keys.every((key) => columns.has(sourceKeyName(key)))) return false;
    if (candidate.owned) return isBelow(candidate.owned.source, source);
    // Made by Stitch and not adopted yet; below the nearest table that is no subtable itself.
    return columns.has(levelName(0)) && nearestTable(catalog, candidate.name) === table;
  };
  return [...catalog.tables.values()]
    .filter(isSubtable)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Whether a path (as bookkeeping writes it) leads through an array of this table. */
function isBelow(path: string, source: string): boolean {
  const way: unknown = JSON.parse(path);
  return (
    Array.isArray(way) && way.length > 1 && JSON.stringify(way.slice(0, 1)) === JSON.stringify([[source]])
  );
}

function nearestTable({ tables }: Catalog, name: string): string | null {
  for (let end = name.lastIndexOf(joint); end > 0; end = name.lastIndexOf(joint, end - 1)) {
    const above = tables.get(name.slice(0, end));
    if (above && !above.columns.some((column) => column.name === levelName(0))) return above.name;
  }
  return null;
}
