import { joint } from '../../shape/names.ts';
import type { CatalogTable, Dialect } from '../../shape/shape.ts';
import { deletedAtName, recordColumns } from '../../shape/system-columns.ts';

const systemNames: ReadonlySet<string> = new Set([...recordColumns.map(({ name }) => name), deletedAtName]);

export interface EmptiedOptions {
  /** The table as it stands now. */
  readonly standing: CatalogTable | undefined;
  /** As it stood before the load; with the columns that stood there when a table that Stitch made was adopted. */
  readonly before: (CatalogTable & { readonly adopted: ReadonlySet<string> }) | undefined;
  /** Columns that rows of the load have values for. */
  readonly targets: readonly (string | null)[];
  readonly dialect: Pick<Dialect, 'suffixes'>;
}

/** Columns of ours in a table that no row of the load has a value for. Those that somebody else added stay as they are. */
export function emptiedColumns({ standing, before, targets, dialect }: EmptiedOptions): string[] {
  const filled = new Set(targets);
  // A table that is adopted by this very load: all that stands in it is Stitch's.
  const isAdopting = before?.owned === null;
  const bases = standing?.owned?.columns ?? new Map<string, string>();
  const isOurs = (name: string): boolean =>
    systemNames.has(name) ||
    before?.adopted.has(name) === true ||
    isAdopting ||
    bases.has(name) ||
    Object.values(dialect.suffixes).some(
      (suffix) =>
        name.endsWith(`${joint}${suffix}`) && bases.has(name.slice(0, -(joint.length + suffix.length))),
    );
  return (standing?.columns ?? [])
    .filter(({ name, type, nullable }) => type !== null && nullable && !filled.has(name) && isOurs(name))
    .map(({ name }) => name);
}
