import type { Client, UpdateSource } from '@backstitch/client';
import type { AccountState } from './account-state.ts';
import type { Action, Plan } from './plan.ts';

export interface ApplyParts {
  readonly client: Client;
  readonly state: AccountState;
  /** New settings of a destination are taken only if a check of them succeeds. */
  readonly strict: boolean;
  /** Told of each action once it is done. */
  onDone(action: Action, outcome: Outcome): void;
}

export interface Outcome {
  readonly id: number;
  /** False: the credentials that were sent are the stored ones, and nothing else was to be changed. */
  readonly changed: boolean;
}

/**
 * Carries out a plan, action by action, and stops at the first that fails. What was done stays: a new plan goes on
 * there. @throws {BackstitchError} as the call that failed.
 */
export async function applyPlan({ actions }: Plan, parts: ApplyParts): Promise<void> {
  const ids = new Map(parts.state.destinations.map(({ destination: { name, id } }) => [name, id]));
  for (const action of actions) {
    const outcome = await carryOut(action, parts, ids);
    if (action.kind === 'destination') ids.set(action.name, outcome.id);
    parts.onDone(action, outcome);
  }
}

/** @param ids of destinations, by name; those that were created are among them. */
async function carryOut(
  action: Action,
  { client, strict }: ApplyParts,
  ids: ReadonlyMap<string, number>,
): Promise<Outcome> {
  const { destinations, sources } = client;
  if (action.verb === 'delete') {
    const { id, kind, revision } = action;
    if (kind === 'source') await sources.delete(id);
    else await destinations.delete(id, revision === null ? {} : { ifRevision: revision });
    return { id, changed: true };
  }
  if (action.kind === 'destination') {
    if (action.verb === 'create') {
      const { type, name, description, properties } = action;
      // Sources are mapped as the file says, and not by the way.
      const body = { type, name, description, properties, ignore_unmapped_sources: true };
      return { id: (await destinations.create(body, { strict })).destination.id, changed: true };
    }
    const { id, revision, description, properties } = action;
    const body = { ...(description !== undefined && { description }), ...(properties && { properties }) };
    const written = await destinations.update(id, body, {
      ifRevision: revision,
      // A description proves nothing.
      strict: strict && properties !== undefined,
    });
    return { id, changed: written.revision !== revision };
  }
  const mapping = (name: string | null): number | null => (name === null ? null : (ids.get(name) ?? null));
  const { destination } = action;
  if (action.verb === 'update') {
    const { id, properties, paused } = action;
    await sources.update(id, {
      ...(properties && { properties }),
      ...(destination !== undefined && { destination_id: mapping(destination) }),
      ...(paused !== undefined && { paused_at: pausedAt(paused) }),
    });
    return { id, changed: true };
  }
  const { type, name, properties, paused } = action;
  const { id } = await sources.create({
    type,
    display_name: name,
    properties,
    ...(typeof destination === 'string' && { destination_id: mapping(destination) }),
  });
  // What a new source cannot be told at once.
  const rest: UpdateSource = {
    ...(destination === null && { destination_id: null }),
    ...(paused && { paused_at: pausedAt(true) }),
  };
  if (Object.keys(rest).length > 0) await sources.update(id, rest);
  return { id, changed: true };
}

/** Any time pauses now. */
const pausedAt = (paused: boolean): string | null => (paused ? '2000-01-01T00:00:00Z' : null);
