import type { JsonObject } from '../../lib/json.ts';
import { printable } from '../printable.ts';
import { isWork, type MigrationPlan, type PlannedDestination, type PlannedSource } from './plan.ts';

type Planned = PlannedDestination | PlannedSource;

const signs = { create: '+', present: '=', cannot: '!' } as const satisfies Record<Planned['fate'], string>;

/** A plan for people: what is created (`+`), is here already (`=`), and cannot move (`!`). */
export function renderPlan({ clientId, accountId, destinations, sources, notes }: MigrationPlan): string {
  const lines = [
    `From account ${clientId ?? '(unknown)'} to account ${accountId}:`,
    ...destinations.flatMap((one) => [...thingLines('destination', one), ...secretLines(one)]),
    ...sources.flatMap((one) => [...thingLines('source', one), ...mappingLines(one)]),
    ...notes.map((note) => `* ${printable(note)}`),
    summary([...destinations, ...sources], sources),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function thingLines(kind: string, planned: Planned): string[] {
  const { fate, id, type, name, notes } = planned;
  const why = planned.fate === 'cannot' ? [planned.why, planned.remedy] : [];
  return [
    `${signs[fate]} ${kind} ${id} ${printable(name)} (${printable(type)})`,
    ...[...why, ...notes].flatMap((note) => (note === null ? [] : [`    ${note}`])),
  ];
}

const secretLines = (planned: PlannedDestination): string[] =>
  planned.fate === 'create' && planned.secrets.length > 0
    ? [`    has to be given: ${planned.secrets.map(({ name }) => name).join(', ')}`]
    : [];

const mappingLines = (planned: PlannedSource): string[] =>
  planned.fate !== 'cannot' && planned.destination !== null
    ? [
        `    ${planned.fate === 'create' ? `schema ${planned.schema}, ` : ''}mapped to destination ${planned.destination}`,
      ]
    : [];

function summary(all: readonly Planned[], sources: readonly PlannedSource[]): string {
  const count = (fate: Planned['fate']) => all.filter((planned) => planned.fate === fate).length;
  const mapped = sources.filter((source) => source.fate === 'present' && isWork(source)).length;
  const map = mapped > 0 ? `, map ${mapped}` : '';
  return `To do: create ${count('create')}${map}. Here already: ${count('present')}. Cannot move: ${count('cannot')}.`;
}

/** The same for programs. */
export const renderPlanJson = (plan: MigrationPlan): JsonObject => ({
  from_account: plan.clientId,
  to_account: plan.accountId,
  destinations: plan.destinations.map((one) => ({
    ...renderThing(one),
    secrets: one.fate === 'create' ? one.secrets.map(({ name }) => name) : [],
  })),
  sources: plan.sources.map((one) => ({
    ...renderThing(one),
    destination: one.fate === 'cannot' ? null : one.destination,
  })),
  notes: [...plan.notes],
});

const renderThing = (planned: Planned): JsonObject => ({
  id: planned.id,
  type: planned.type,
  name: planned.name,
  action: actionOf(planned),
  here: planned.fate === 'cannot' ? null : planned.here,
  why: planned.fate === 'cannot' ? planned.why : null,
  remedy: planned.fate === 'cannot' ? planned.remedy : null,
  notes: [...planned.notes],
});

function actionOf(planned: Planned): string {
  if (planned.fate !== 'present') return planned.fate;
  return 'destination' in planned && planned.destination !== null ? 'map' : 'none';
}
