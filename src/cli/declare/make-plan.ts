import type { AccountState, ExistingDestination } from './account-state.ts';
import type { Declaration, Problem } from './declaration.ts';
import type { Action, Plan, Thing } from './plan.ts';
import { type DestinationOptions, type Planned, planDestination } from './plan-destination.ts';
import { planSource } from './plan-source.ts';

export interface PlanOptions extends DestinationOptions {
  /** Delete what is not declared. */
  readonly prune: boolean;
}

/**
 * What would make the account what is declared. Sources come after the destinations they are mapped to, deletions last.
 * Nothing is planned while there are problems, of which all are told.
 */
export function makePlan(
  { destinations, sources }: Declaration,
  state: AccountState,
  options: PlanOptions,
): { readonly problems: readonly Problem[] } | { readonly plan: Plan } {
  const declared = new Set(destinations.map(({ name }) => name));
  const names = new Set(declared);
  // What is going to be deleted is nothing to map a source to.
  if (!options.prune) for (const { destination } of state.destinations) names.add(destination.name);
  const nameOf = (id: number | null) =>
    state.destinations.find(({ destination }) => destination.id === id)?.destination.name ?? null;

  const planned: Planned[] = [
    ...destinations.map((one) =>
      planDestination(
        one,
        state.destinations.filter(({ destination }) => destination.name === one.name),
        options,
      ),
    ),
    ...sources.map((one) =>
      planSource(
        one,
        state.sources.find((source) => source.display_name === one.displayName),
        { names, nameOf },
      ),
    ),
  ];
  const problems = planned.flatMap((one) => ('problems' in one ? one.problems : []));
  if (problems.length > 0) return { problems };

  const otherDestinations = state.destinations.filter(({ destination }) => !declared.has(destination.name));
  const declaredSources = new Set(sources.map(({ displayName }) => displayName));
  const otherSources = state.sources.filter((source) => !declaredSources.has(source.display_name));
  const others: Deletable[] = [
    ...otherSources.map((source) => ({
      kind: 'source' as const,
      name: source.display_name,
      id: source.id,
      revision: null,
    })),
    ...otherDestinations.map(deletable),
  ];
  const actions = planned.flatMap((one) => ('action' in one ? [one.action] : []));
  const kept = planned.flatMap((one) => ('kept' in one ? [one.kept] : []));
  const deletions = others.map((one): Action => ({ ...one, verb: 'delete', changes: [] }));
  return {
    plan: {
      actions: options.prune ? [...actions, ...deletions] : actions,
      kept,
      unmanaged: options.prune ? [] : others.map(({ kind, name, id }) => ({ kind, name, id })),
    },
  };
}

interface Deletable extends Thing {
  readonly id: number;
  readonly revision: string | null;
}

const deletable = ({ destination: { id, name }, revision }: ExistingDestination): Deletable => ({
  kind: 'destination',
  name,
  id,
  revision,
});
