import { formText } from '../../control/form-text.ts';
import { isSourceName } from '../../model/source-name.ts';
import { mergeSourceProperties } from '../../model/source-properties.ts';
import { importApi } from '../../model/source-type.ts';
import { printable } from '../printable.ts';
import type { OriginalSource } from './original-account.ts';
import type { PlannedDestination, PlannedSource } from './plan.ts';
import type { StateHere } from './state-here.ts';
import { type IdOptions, takenId } from './taken-id.ts';

/** What becomes of one source of the original. */
export function planSource(
  original: OriginalSource,
  state: StateHere,
  { newIds, destinations }: IdOptions & { readonly destinations: readonly PlannedDestination[] },
): PlannedSource {
  const { id, type, displayName, name: schema, isPaused, tokens } = original;
  const common = { id, type, name: displayName };
  const cannot = (why: string, remedy: string | null): PlannedSource => ({
    ...common,
    fate: 'cannot',
    why,
    remedy,
    notes: [],
  });
  if (type !== importApi)
    return cannot(
      `this build has no sources that fetch records themselves (${printable(type)})`,
      'Let it run there, or let a Singer tap send the records to a source of this server: see backstitch target --help. Its schedule and its state stay there.',
    );

  const planned = destinations.find((destination) => destination.id === original.destinationId);
  const destination = planned === undefined || planned.fate === 'cannot' ? null : planned.id;
  const isTaken = state.takenSources.has(id);
  const namesake = state.sources.find((source) => source.name === schema);
  const same = state.sources.find((source) => source.id === id) ?? (isTaken ? namesake : undefined);
  if (same)
    return {
      ...common,
      fate: 'present',
      here: same.id,
      destination: same.destinationId === null ? destination : null,
      notes: same.id === id ? [] : [`it has the id ${same.id} here`],
    };
  if (namesake)
    return cannot(
      `the schema ${schema} is that of source ${namesake.id} here`,
      'Two sources would write into the same tables. Delete that one first, if it is not needed.',
    );
  if (isTaken && !newIds) return cannot(...takenId('source', id));
  if (!isSourceName(schema) || formText(displayName) !== null)
    return cannot(`its name ${printable(schema)} is none that a source can have here`, null);

  const entries = Object.entries(original.properties);
  const fitting = entries.filter(
    ([key, value]) => mergeSourceProperties({}, Object.fromEntries([[key, value]])).bad.length === 0,
  );
  return {
    ...common,
    fate: 'create',
    here: isTaken ? null : id,
    schema,
    properties: mergeSourceProperties({}, Object.fromEntries(fitting)).properties,
    destination,
    isPaused,
    hasTokens: tokens !== 0,
    notes: [
      ...(isTaken
        ? [`its id ${id} is taken here: it gets another, which programs that name it must be told`]
        : []),
      ...(destination === null ? [unmappedBecause(original, planned)] : []),
      ...(isPaused ? ['it is paused there, and here too'] : []),
      ...(tokens === 0 ? [] : [tokenNote(tokens)]),
    ],
  };
}

function unmappedBecause({ destinationId }: OriginalSource, planned: PlannedDestination | undefined): string {
  const then = 'what it is sent waits until it is mapped';
  if (destinationId === null) return `it is mapped to nothing there: ${then}`;
  const what = planned === undefined ? 'was not found' : 'cannot move';
  return `its destination ${destinationId} ${what}: ${then}`;
}

const tokenNote = (tokens: number | null): string =>
  `${tokens === null ? 'its import tokens' : `its ${tokens === 1 ? 'import token' : `${tokens} import tokens`}`} cannot be read: give one that its senders have, or issue a new one afterwards`;
