import { findType } from '../../destinations/registry.ts';
import type { FormProperty } from '../../model/form.ts';
import { formProperties } from '../../model/form-properties.ts';
import { mergeProperties } from '../../model/merge-properties.ts';
import { printable } from '../printable.ts';
import type { OriginalDestination } from './original-account.ts';
import type { PlannedDestination } from './plan.ts';
import type { StateHere } from './state-here.ts';
import { type IdOptions, takenId } from './taken-id.ts';

/** What becomes of one destination of the original. */
export function planDestination(
  original: OriginalDestination,
  state: StateHere,
  { newIds }: IdOptions,
): PlannedDestination {
  const { id, type, description, isPaused } = original;
  const known = findType(type);
  const name = original.name ?? known?.title ?? type;
  const common = { id, type, name };
  const cannot = (why: string, remedy: string | null): PlannedDestination => ({
    ...common,
    fate: 'cannot',
    why,
    remedy,
    notes: [],
  });

  const same = state.destinations.find((destination) => destination.id === id && destination.type === type);
  if (same) return { ...common, fate: 'present', here: same.id, notes: [] };
  const isTaken = state.takenDestinations.has(id);
  const moved = isTaken && state.destinations.find((one) => one.type === type && one.name === name);
  if (moved) return { ...common, fate: 'present', here: moved.id, notes: [`it has the id ${moved.id} here`] };
  if (!known?.connector)
    return cannot(
      known
        ? `this build cannot connect to ${known.title} yet`
        : `a destination type ${printable(type)} is not known here`,
      'Leave it there; sources that are mapped to it are mapped to nothing here, and keep what they are sent.',
    );
  if (isTaken && !newIds) return cannot(...takenId('destination', id));

  const properties = formProperties(known.form);
  const settable = new Map(properties.filter(isSettable).map((property) => [property.name, property]));
  const entries = Object.entries(original.properties);
  const given = Object.fromEntries(entries.filter(([key]) => settable.has(key)));
  const secrets = properties.filter(
    (property) =>
      property.isCredential &&
      isSettable(property) &&
      given[property.name] === undefined &&
      (property.isRequired || original.credentials.includes(property.name)),
  );
  const asked = new Set(secrets.map((property) => property.name));
  const result = mergeProperties({ form: known.form, stored: null, given, complete: false });
  const bad = 'bad' in result ? result.bad.filter((one) => !asked.has(one.name)) : [];
  if (bad.length > 0)
    return cannot(
      `its settings cannot be used here: ${bad.map((one) => `${one.name}: ${one.why}`).join(' ')}`,
      'Create it yourself: backstitch destinations create, with the same --id.',
    );

  const leftOut = entries.map(([key]) => key).filter((key) => !settable.has(key));
  return {
    ...common,
    fate: 'create',
    here: isTaken ? null : id,
    description,
    properties: given,
    secrets,
    notes: [
      ...(isTaken
        ? [`its id ${id} is taken here: it gets another, which programs that name it must be told`]
        : []),
      ...(leftOut.length > 0
        ? [`left out, without a meaning here: ${leftOut.map(printable).join(', ')}`]
        : []),
      ...(given.encryption_type === 'ssh'
        ? [
            `it goes through an SSH tunnel: first put the key below into the authorized_keys of ${printable(String(given.encryption_host ?? 'its SSH server'))}`,
          ]
        : []),
      ...(isPaused ? ['it is paused there; here the sources are what can be paused'] : []),
    ],
  };
}

const isSettable = ({ propertyType, jsonSchema }: FormProperty): boolean =>
  propertyType !== 'read_only' && jsonSchema !== null;
