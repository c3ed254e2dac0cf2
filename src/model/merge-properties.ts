import type { Json } from '../lib/json.ts';
import { nearest } from '../lib/nearest.ts';
import { credentialMask } from './credential-mask.ts';
import type { PropertyChange } from './destination.ts';
import {
  type BadProperty,
  type Form,
  type FormProperty,
  isSealed,
  type Properties,
  type PropertyValue,
} from './form.ts';
import { formProperties } from './form-properties.ts';
import { parsePropertyValue, sameValue } from './property-value.ts';

/** What a destination has before the request. */
export interface StoredProperties {
  readonly plain: Properties;
  /** Names of the sealed credentials that have a value. */
  readonly credentialNames: readonly string[];
  /**
   * Clear values of sealed credentials, as far as they could be opened. Only those that the request gives matter:
   * with them a value that is given again, unchanged, is recognised.
   */
  readonly opened: Properties;
}

interface MergeInput {
  readonly form: Form;
  /** Null: a new destination is made. */
  readonly stored: StoredProperties | null;
  /** Values as they stand in the request; any key may occur, `__proto__` too. */
  readonly given: Readonly<Record<string, Json>>;
  /** An update that must name the required properties which are no credentials and have no default (v3). */
  readonly complete: boolean;
}

type MergeResult = { readonly bad: readonly BadProperty[] } | { readonly merged: MergedProperties };

export interface MergedProperties {
  /** The whole new set of properties that are not sealed. */
  readonly plain: Properties;
  /** Sealed credentials that get a new value, in clear. */
  readonly secrets: Properties;
  /** Sealed credentials that lose their value. */
  readonly droppedCredentials: readonly string[];
  /** Stored credentials that stay and whose value the request did not give. */
  readonly keptCredentials: readonly string[];
  /** Credentials that were made because none were given. */
  readonly generated: Properties;
  /** What differs from before, in the form's order; never a credential's value. Empty: nothing does. */
  readonly changes: readonly PropertyChange[];
}

/**
 * Merges the given values into the stored ones and holds the result against the form. Pure but for the form's own
 * generators. Returns every property that is bad, once, in the form's order, unknown ones last.
 */
export function mergeProperties(input: MergeInput): MergeResult {
  const { form, stored, given } = input;
  const properties = formProperties(form);
  const bad = new Map<string, string>();
  const draft = draftOf(stored);

  for (const property of properties) {
    const why = stored === null ? applyNew(draft, property, input) : applyUpdate(draft, property, input);
    if (why !== null) bad.set(property.name, why);
  }
  const known = new Set(properties.map(({ name }) => name));
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  for (const name of unknown)
    bad.set(name, unknownProperty(name, unknown.length <= mostTypos ? properties : []));

  for (const name of form.meaningless?.(candidateOf(draft)) ?? []) draft.delete(name);
  for (const property of properties)
    if (isAwaited(property) && !draft.has(property.name) && !bad.has(property.name))
      bad.set(property.name, 'Required.');

  const changes = changesOf(draft, stored, properties);
  const changed = new Set(changes.map(({ property }) => property));
  const candidate = candidateOf(draft);
  for (const { name, why } of form.rules.flatMap((rule) => rule({ candidate, changed })))
    if (!bad.has(name)) bad.set(name, why);

  return bad.size > 0
    ? { bad: inOrder(bad, properties) }
    : { merged: finish(draft, stored, properties, changes) };
}

/** What a property holds while the candidate is put together; a property without a value has no entry. */
interface Held {
  /** Undefined: a sealed credential that nobody needed to open. */
  readonly value: PropertyValue | undefined;
  /** `given` again as it was, `set` to something new, or `generated`. */
  readonly origin: 'stored' | 'given' | 'set' | 'generated';
}

type Draft = Map<string, Held>;

function draftOf(stored: StoredProperties | null): Draft {
  const draft: Draft = new Map();
  if (stored === null) return draft;
  for (const [name, value] of Object.entries(stored.plain)) draft.set(name, { value, origin: 'stored' });
  for (const name of stored.credentialNames) draft.set(name, { value: undefined, origin: 'stored' });
  return draft;
}

function candidateOf(draft: Draft): Properties {
  return Object.fromEntries(
    [...draft].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Applies what a create says of one property; returns why that cannot be. */
function applyNew(draft: Draft, property: FormProperty, { given }: MergeInput): string | null {
  const { name, defaultValue, generate } = property;
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value !== undefined && value !== null) return setValue(draft, property, value);
  if (defaultValue !== undefined) draft.set(name, { value: defaultValue, origin: 'set' });
  else if (generate !== undefined) draft.set(name, { value: generate(), origin: 'generated' });
  return null;
}

/** Applies what an update says of one property; returns why that cannot be. */
function applyUpdate(draft: Draft, property: FormProperty, input: MergeInput): string | null {
  const { name } = property;
  const { given, stored, complete } = input;
  if (!Object.hasOwn(given, name))
    return complete && mustBeNamed(property)
      ? 'Required in every update of v3, even if it stays as it is.'
      : null;
  const value = given[name] ?? null;
  if (value === null) return clearValue(draft, property);
  if (isSealed(property) && value === credentialMask && draft.has(name)) return null;
  const before = isSealed(property) ? stored?.opened[name] : stored?.plain[name];
  return setValue(draft, property, value, before);
}

function setValue(draft: Draft, property: FormProperty, given: Json, before?: PropertyValue): string | null {
  const { name } = property;
  if (isSealed(property) && given === credentialMask)
    return `Give the credential itself: no value is stored that the mask ${credentialMask} could stand for.`;
  const parsed = parsePropertyValue(property, given);
  if ('why' in parsed) return parsed.why;
  if (before !== undefined && sameValue(before, parsed.value)) {
    draft.set(name, { value: before, origin: 'given' });
    return null;
  }
  if (isReadOnly(property)) return 'Read only: the server finds this value out itself.';
  if (isFixed(property) && draft.has(name))
    return 'Cannot be changed once it is set; make another destination instead.';
  draft.set(name, { value: parsed.value, origin: 'set' });
  return null;
}

function clearValue(draft: Draft, property: FormProperty): string | null {
  if (property.isRequired) return 'Required, so it cannot be cleared.';
  if (!draft.has(property.name)) return null;
  if (isReadOnly(property)) return 'Read only: the server finds this value out itself.';
  if (isFixed(property)) return 'Cannot be cleared once it is set; make another destination instead.';
  draft.delete(property.name);
  return null;
}

function unknownProperty(name: string, properties: readonly FormProperty[]): string {
  const candidates = properties.filter((property) => !isReadOnly(property)).map((property) => property.name);
  // A name of any length may come; comparing takes time in proportion to it.
  const meant = name.length <= longestTypo ? nearest(name, candidates) : null;
  return `This destination type has no such property.${meant === null ? '' : ` Is ${meant} meant?`}`;
}

/** What comes in hundreds was not mistyped, and guessing takes time. */
const mostTypos = 20;
const longestTypo = 64;

const isReadOnly = ({ propertyType, jsonSchema }: FormProperty): boolean =>
  propertyType === 'read_only' || jsonSchema === null;

const isFixed = ({ propertyType }: FormProperty): boolean => propertyType === 'user_provided_immutable';

/** Required of whoever fills in the form: nobody can give a read-only property or one the server provides. */
const isAwaited = (property: FormProperty): boolean =>
  property.isRequired && !property.systemProvided && !isReadOnly(property);

/** v3 names the whole connection, but for what it cannot know or need not repeat. */
const mustBeNamed = (property: FormProperty): boolean =>
  isAwaited(property) &&
  !property.isCredential &&
  property.defaultValue === undefined &&
  property.generate === undefined;

function changesOf(
  draft: Draft,
  stored: StoredProperties | null,
  properties: readonly FormProperty[],
): PropertyChange[] {
  const credentials = new Set(stored?.credentialNames);
  return properties.flatMap((property): PropertyChange[] => {
    const { name, isCredential } = property;
    const from = stored?.plain[name];
    const to = draft.get(name);
    if (isSealed(property)) {
      const isSet = to !== undefined && (to.origin === 'set' || to.origin === 'generated');
      return isSet || credentials.has(name) !== (to !== undefined) ? [{ property: name }] : [];
    }
    if (sameValue(from, to?.value)) return [];
    if (isCredential) return [{ property: name }];
    return [
      {
        property: name,
        ...(from !== undefined && { from }),
        ...(to?.value !== undefined && { to: to.value }),
      },
    ];
  });
}

function finish(
  draft: Draft,
  stored: StoredProperties | null,
  properties: readonly FormProperty[],
  changes: readonly PropertyChange[],
): MergedProperties {
  const sealed = new Set(properties.filter(isSealed).map(({ name }) => name));
  const storedCredentials = stored?.credentialNames ?? [];
  const pick = (wanted: (name: string, held: Held) => boolean): Properties =>
    Object.fromEntries(
      [...draft].flatMap(([name, held]) =>
        held.value !== undefined && wanted(name, held) ? [[name, held.value]] : [],
      ),
    );
  return {
    plain: pick((name) => !sealed.has(name) && !storedCredentials.includes(name)),
    secrets: pick((name, { origin }) => sealed.has(name) && (origin === 'set' || origin === 'generated')),
    droppedCredentials: storedCredentials.filter((name) => !draft.has(name)),
    keptCredentials: storedCredentials.filter(
      (name) => sealed.has(name) && draft.get(name)?.origin === 'stored',
    ),
    generated: pick((_, { origin }) => origin === 'generated'),
    changes,
  };
}

function inOrder(bad: ReadonlyMap<string, string>, properties: readonly FormProperty[]): BadProperty[] {
  const known = properties.map(({ name }) => name);
  const unknown = [...bad.keys()].filter((name) => !known.includes(name));
  return [...known, ...unknown].flatMap((name) => {
    const why = bad.get(name);
    return why === undefined ? [] : [{ name, why }];
  });
}
