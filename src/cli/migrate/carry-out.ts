import type { Caller } from '../../control/control.ts';
import { hashToken } from '../../control/token-hash.ts';
import { Failure } from '../../errors/failure.ts';
import { importApi } from '../../model/source-type.ts';
import { propertyValue } from '../destinations/property-arguments.ts';
import type { Installation } from '../installation.ts';
import type { Answers } from './ask-secrets.ts';
import { secretKey, tokenKey } from './given-secrets.ts';
import {
  isWork,
  type MigrationPlan,
  type NewDestination,
  type NewSource,
  type PresentSource,
} from './plan.ts';

/** What became of one thing of the plan. */
export interface Outcome {
  readonly kind: 'destination' | 'source';
  /** In the original. */
  readonly id: number;
  readonly name: string;
  readonly result: 'created' | 'mapped' | 'kept' | 'failed' | 'left_out';
  /** Its id here. */
  readonly here: number | null;
  /** A source's senders can go on with the token they have. */
  readonly keptToken: boolean;
  readonly failure: Failure | null;
}

export interface CarryOutParts {
  readonly installation: Pick<Installation, 'destinations' | 'sources' | 'store'>;
  readonly caller: Caller;
  readonly answers: Answers;
  /** Destinations are created only if a connection check succeeds. */
  readonly strict: boolean;
  now(): number;
  onBegin(what: string): void;
  onEnd(outcome: Outcome): void;
}

/**
 * Carries out a plan. What fails stands in its outcome and stops nothing but the sources that are mapped to it: a
 * source that would be mapped to a destination that is not here is left for the next run, since nothing may be
 * accepted for it before it is known where it goes.
 */
export async function carryOut(plan: MigrationPlan, parts: CarryOutParts): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const end = (outcome: Outcome): void => {
    outcomes.push(outcome);
    parts.onEnd(outcome);
  };
  /** Ids here of the original's destinations. */
  const here = new Map(
    plan.destinations.flatMap((one) => (one.fate === 'present' ? [[one.id, one.here]] : [])),
  );
  for (const destination of plan.destinations) {
    if (destination.fate !== 'create') continue;
    parts.onBegin(`destination ${destination.name}`);
    const outcome = await createDestination(destination, parts);
    if (outcome.here !== null) here.set(destination.id, outcome.here);
    end(outcome);
  }
  for (const source of plan.sources) {
    if (source.fate === 'cannot' || !(isWork(source) || parts.answers.secrets.has(tokenKey(source.id))))
      continue;
    parts.onBegin(`source ${source.name}`);
    const destination = source.destination === null ? null : here.get(source.destination);
    if (destination === undefined) end(outcomeOf('source', source, { result: 'left_out' }));
    else end(await moveSource(source, destination, parts));
  }
  return outcomes;
}

async function createDestination(
  destination: NewDestination,
  { installation, caller, answers, strict }: CarryOutParts,
): Promise<Outcome> {
  const { id, here, type, name, description, properties, secrets } = destination;
  if (answers.leftOut.has(id)) return outcomeOf('destination', destination, { result: 'left_out' });
  return await attempt('destination', destination, async () => {
    const credentials = secrets.map((property) => [
      property.name,
      propertyValue(
        { name: property.name, kind: property.natural },
        answers.secrets.get(secretKey(id, property.name)) ?? '',
      ),
    ]);
    const written = await installation.destinations.create(
      caller,
      {
        ...(here !== null && { id: here }),
        type,
        name,
        description,
        properties: { ...properties, ...Object.fromEntries(credentials) },
        // Sources are mapped as they are there, and not by the way.
        ignoreUnmappedSources: true,
      },
      { strict, waitMilliseconds: 0 },
    );
    return { result: 'created', here: written.destination.id };
  });
}

async function moveSource(
  source: NewSource | PresentSource,
  destination: number | null,
  parts: CarryOutParts,
): Promise<Outcome> {
  const { installation, caller, now } = parts;
  return await attempt('source', source, async () => {
    if (source.fate === 'present') {
      if (destination !== null)
        await installation.sources.update(caller, source.here, { destinationId: destination });
      const result = destination === null ? 'kept' : 'mapped';
      return { result, here: source.here, ...(await keepToken(source.id, source.here, parts)) };
    }
    const { here, name: displayName, schema, properties, isPaused } = source;
    const made = await installation.sources.create(caller, {
      ...(here !== null && { id: here }),
      type: importApi,
      displayName,
      name: schema,
      properties,
      destinationId: destination,
      ...(isPaused && { pausedAt: now() }),
    });
    return { result: 'created', here: made.id, ...(await keepToken(source.id, made.id, parts)) };
  });
}

/** Gives a source the token that its senders have, unless it has it. That it cannot be kept undoes nothing. */
async function keepToken(
  id: number,
  here: number,
  { installation, caller, answers }: CarryOutParts,
): Promise<Pick<Outcome, 'keptToken' | 'failure'>> {
  const value = answers.secrets.get(tokenKey(id));
  if (value === undefined) return { keptToken: false, failure: null };
  try {
    const found = await installation.store.tokens.find(hashToken(value));
    if (found?.sourceId !== here) await installation.sources.issueToken(caller, here, value);
    return { keptToken: true, failure: null };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return { keptToken: false, failure };
  }
}

type Reached = Pick<Outcome, 'result'> & Partial<Outcome>;
type Thing = NewDestination | NewSource | PresentSource;

async function attempt(kind: Outcome['kind'], thing: Thing, work: () => Promise<Reached>): Promise<Outcome> {
  try {
    return outcomeOf(kind, thing, await work());
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return outcomeOf(kind, thing, { result: 'failed', failure });
  }
}

const outcomeOf = (kind: Outcome['kind'], { id, name }: Thing, reached: Reached): Outcome => ({
  kind,
  id,
  name,
  here: null,
  keptToken: false,
  failure: null,
  ...reached,
});
