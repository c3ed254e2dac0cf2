import {
  BackstitchError,
  CheckFailedError,
  type Destination,
  RevisionMismatchError,
} from '@backstitch/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { backstitch, explain } from '../api/backstitch.ts';
import type { DestinationDraft } from '../api/destinations.ts';
import { liveCheckQuery } from '../api/live-check.ts';
import { InvalidJson } from './form-properties.ts';
import type { Proof } from './proof-panel.tsx';

/** `test` stores nothing, `prove` stores what works, `save` stores what was typed. */
export type Intent = 'test' | 'prove' | 'save';

/** Tries and stores settings, and shows how that goes. */
export interface Proving {
  readonly proof: Proof | null;
  /** What is wrong with single values. */
  readonly errors: Readonly<Record<string, string>>;
  /** What is wrong beside that; null: nothing. */
  readonly problem: string | null;
  /** Somebody else has changed what the form was made from. */
  readonly isOutdated: boolean;
  readonly intent: Intent | null;
  run(intent: Intent, draft: () => DestinationDraft): void;
}

export function useProof({
  type,
  destination,
  revision,
  onStored,
}: {
  readonly type: string;
  /** Null: it is a new one. */
  readonly destination: Destination | null;
  /** What the form was made from. */
  readonly revision: string | undefined;
  readonly onStored: (destination: Destination) => void;
}): Proving {
  const client = useQueryClient();
  const live = liveCheckQuery(destination?.id ?? null);
  const store = async (draft: DestinationDraft, strict: boolean): Promise<Destination> => {
    const { destinations } = backstitch;
    const written =
      destination === null
        ? await destinations.create({ type, ...draft }, { strict })
        : await destinations.update(destination.id, draft, {
            strict,
            ...(revision !== undefined && { ifRevision: revision }),
          });
    return written.destination;
  };

  const { mutate, data, error, variables, isPending } = useMutation({
    mutationFn: async ({ intent, draft }: { intent: Intent; draft: () => DestinationDraft }) => {
      const given = draft();
      // What events tell from now on is of this test.
      client.removeQueries({ queryKey: live.queryKey });
      if (intent === 'test') return await backstitch.destinations.tryOut(type, given.properties);
      const stored = await store(given, intent === 'prove');
      await client.invalidateQueries();
      onStored(stored);
      return null;
    },
  });
  const intent = variables?.intent ?? null;
  const { steps = [], running = '' } = useQuery(live).data ?? {};
  const ended = error instanceof CheckFailedError ? error.steps : (data?.steps ?? null);

  return {
    proof: isPending
      ? intent === 'save'
        ? null
        : { state: 'running', steps, running }
      : ended && { state: data?.status ?? 'failed', steps: ended, running: '' },
    errors: error === null ? {} : errorsOf(error),
    problem: error === null || ended ? null : problemOf(error),
    isOutdated: error instanceof RevisionMismatchError,
    intent: isPending ? intent : null,
    run: (chosen, draft) => mutate({ intent: chosen, draft }),
  };
}

/** The facts of values that cannot be used. */
interface Bad {
  readonly bad_properties?: readonly string[];
  readonly reasons?: Readonly<Record<string, string>>;
}

function errorsOf(error: Error): Readonly<Record<string, string>> {
  if (error instanceof InvalidJson) return { [error.property]: error.message };
  if (!(error instanceof BackstitchError)) return {};
  const { bad_properties: names = [], reasons = {} } = error.data as unknown as Bad;
  return Object.fromEntries(names.map((name) => [name, reasons[name] ?? '']));
}

function problemOf(error: Error): string {
  if (error instanceof RevisionMismatchError)
    return 'Somebody else has changed this destination meanwhile, so nothing was stored.';
  if (Object.keys(errorsOf(error)).length > 0) return 'Some values cannot be used; nothing was stored.';
  return explain(error);
}
