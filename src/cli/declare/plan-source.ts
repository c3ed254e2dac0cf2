import type * as wire from '@backstitch/client';
import { sameValue } from '../../model/property-value.ts';
import { mergeSourceProperties } from '../../model/source-properties.ts';
import { importApi } from '../../model/source-type.ts';
import type { DeclaredSource, Path } from './declaration.ts';
import type { Change } from './plan.ts';
import type { Planned } from './plan-destination.ts';

export interface Destinations {
  /** Names that a source may be mapped to. */
  readonly names: ReadonlySet<string>;
  nameOf(id: number | null): string | null;
}

/** What makes a source what it is declared to be. */
export function planSource(
  declared: DeclaredSource,
  found: wire.Source | undefined,
  destinations: Destinations,
): Planned {
  const { displayName: name, type, destination, paused, properties } = declared;
  const at: Path = ['sources', name];
  const problems = mergeSourceProperties({}, properties).bad.map((bad) => ({
    at: [...at, 'properties', bad.name],
    why: `${bad.name}: ${bad.why}`,
  }));
  if (type !== importApi && type !== '')
    problems.push({ at: [...at, 'type'], why: `The one type of source is ${importApi}: give that.` });
  if (typeof destination === 'string' && !destinations.names.has(destination))
    problems.push({
      at: [...at, 'destination'],
      why: `There is no destination ${JSON.stringify(destination)}, neither here nor in the account.`,
    });
  if (problems.length > 0) return { problems };

  const merged = mergeSourceProperties(found?.properties ?? {}, properties).properties;
  const now = found && {
    destination: destinations.nameOf(found.destination_id),
    paused: found.paused_at !== null,
  };
  const changes: Change[] = [
    ...propertyChanges(found?.properties ?? {}, merged),
    ...(destination === undefined ? [] : changeOf('destination', now?.destination ?? null, destination)),
    ...(paused === undefined ? [] : changeOf('paused', now?.paused, paused)),
  ];
  const changed = new Set(changes.map(({ property }) => property));
  const given = Object.keys(properties).some((key) => changed.has(key)) && { properties };

  if (found === undefined)
    return {
      action: {
        kind: 'source',
        verb: 'create',
        name,
        id: null,
        type,
        properties: merged,
        paused: paused ?? false,
        ...(destination !== undefined && { destination }),
        changes: [{ property: 'type', to: type }, ...changes],
      },
    };
  if (changes.length === 0) return { kept: { kind: 'source', name, id: found.id } };
  return {
    action: {
      kind: 'source',
      verb: 'update',
      name,
      id: found.id,
      ...given,
      ...(changed.has('destination') && { destination }),
      ...(changed.has('paused') && { paused }),
      changes,
    },
  };
}

const propertyChanges = (from: Readonly<Record<string, string>>, to: Readonly<Record<string, string>>) =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) =>
    changeOf(name, from[name], to[name]),
  );

function changeOf(property: string, from: Change['from'], to: Change['to']): Change[] {
  if (sameValue(from, to)) return [];
  return [{ property, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}
