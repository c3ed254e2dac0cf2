import { UsageError } from '../usage-error.ts';

/** A problem at its place in the file: `warehouse.yaml:4:7`. */
export interface Placed {
  readonly place: string;
  readonly why: string;
}

/** All that is wrong with a file, in its order. */
export function wrongFile(file: string, problems: readonly Placed[]): UsageError {
  const byPlace = new Map<string, Set<string>>();
  for (const { place, why } of problems) byPlace.set(place, (byPlace.get(place) ?? new Set()).add(why));
  const collator = new Intl.Collator('en', { numeric: true });
  const reasons = [...byPlace]
    .sort(([one], [other]) => collator.compare(one, other))
    .map(([place, whys]) => [place, [...whys].join(' ')] as const);
  return new UsageError(`${file} cannot be used, nothing was changed`, Object.fromEntries(reasons));
}
