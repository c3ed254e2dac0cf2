import { findType } from '../../destinations/registry.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { PropertyChange } from '../../model/destination.ts';
import type { Form, FormProperty, Properties } from '../../model/form.ts';
import { formProperties } from '../../model/form-properties.ts';
import { mergeProperties } from '../../model/merge-properties.ts';
import type { ExistingDestination } from './account-state.ts';
import type { DeclaredDestination, Path, Problem } from './declaration.ts';
import { givenProperties, type Surroundings } from './given-properties.ts';
import type { Action, Change, Thing } from './plan.ts';

export interface DestinationOptions extends Surroundings {
  /** Send credentials even where nothing else changes. */
  readonly secrets: boolean;
}

export type Planned =
  | { readonly problems: readonly Problem[] }
  | { readonly action: Action }
  | { readonly kept: Thing };

/**
 * What makes a destination what it is declared to be. The values are compared as the server compares them, by its own
 * rules, so that what it normalises makes no difference.
 * @param existing those of its name.
 */
export function planDestination(
  declared: DeclaredDestination,
  existing: readonly ExistingDestination[],
  options: DestinationOptions,
): Planned {
  const at: Path = ['destinations', declared.name];
  const fail = (path: Path, why: string): Planned => ({ problems: [{ at: path, why }] });
  // Missing, which has been reported.
  if (declared.type === '') return { problems: [] };
  const type = findType(declared.type);
  if (type === undefined || type.connector === null)
    return fail(
      [...at, 'type'],
      `This program cannot connect a destination of type ${JSON.stringify(declared.type)}.`,
    );
  const [found, ...others] = existing;
  if (others.length > 0)
    return fail(
      at,
      `The account has ${existing.length} destinations of this name. Give the others another name first.`,
    );
  if (found && found.destination.type !== declared.type)
    return fail(
      [...at, 'type'],
      `The destination of this name is of type ${found.destination.type}, which cannot be changed. Take another name.`,
    );

  const properties = formProperties(type.form);
  const { given, problems } = givenProperties(declared.properties, properties, options);
  const stored = found && storedProperties(found);
  const read = { form: type.form, stored: stored ?? null, complete: false } as const;
  const whole = mergeProperties({ ...read, given });
  const unread = new Set(problems.map(({ at: [name] }) => name));
  const bad = 'bad' in whole ? whole.bad.filter(({ name }) => !unread.has(name)) : [];
  if (problems.length > 0 || bad.length > 0)
    return {
      problems: [...problems.map(({ at: [name = ''], why }) => ({ name, why })), ...bad].map(
        ({ name, why }) => ({
          at: [...at, 'properties', name],
          why: why.startsWith(name) ? why : `${name}: ${why}`,
        }),
      ),
    };
  return found && stored
    ? planUpdate(
        { declared, found, given, form: type.form, credentialNames: stored.credentialNames },
        options,
      )
    : planCreate(declared, given, type.form);
}

/** As the server has them; the values of credentials are not known. */
function storedProperties({ destination }: ExistingDestination) {
  const provided = destination.report_card.steps.flatMap((step) => step.properties);
  return {
    plain: destination.properties as Properties,
    credentialNames: provided.filter((one) => one.is_credential && one.provided).map(({ name }) => name),
    opened: {},
  };
}

function planCreate(
  { name, type, description = null, properties: declared }: DeclaredDestination,
  given: JsonObject,
  form: Form,
): Planned {
  const properties = withoutNulls(given);
  return {
    action: {
      kind: 'destination',
      verb: 'create',
      name,
      id: null,
      type,
      description,
      properties,
      changes: [
        { property: 'type', to: type },
        ...(description === null ? [] : [{ property: 'description', to: description }]),
        ...changesOf(form, null, properties).map((change) => shown(form, declared, change)),
      ],
    },
  };
}

interface Update {
  readonly declared: DeclaredDestination;
  readonly found: ExistingDestination;
  readonly given: JsonObject;
  readonly form: Form;
  readonly credentialNames: readonly string[];
}

function planUpdate(
  { declared, found, given, form, credentialNames }: Update,
  { secrets }: DestinationOptions,
): Planned {
  const { destination, revision } = found;
  const { id, name } = destination;
  const unseen = credentialNames.filter((one) => Object.hasOwn(given, one) && given[one] !== null);
  const comparable = Object.fromEntries(Object.entries(given).filter(([key]) => !unseen.includes(key)));
  const visible = changesOf(form, storedProperties(found), comparable);
  const isSent = visible.length > 0 || (secrets && unseen.length > 0);
  const redescribed = declared.description !== undefined && declared.description !== destination.description;
  if (!isSent && !redescribed) return { kept: { kind: 'destination', name, id, unseen } };
  return {
    action: {
      kind: 'destination',
      verb: 'update',
      name,
      id,
      revision,
      ...(redescribed && { description: declared.description ?? null }),
      ...(isSent && { properties: given }),
      changes: [
        ...(redescribed
          ? [{ property: 'description', from: destination.description, to: declared.description ?? null }]
          : []),
        ...visible.map((change) => shown(form, declared.properties, change)),
        ...(isSent ? unseen.map((property): Change => ({ property, secret: 'sent' })) : []),
      ],
    },
  };
}

/** As the server would find them; that it would take them was made sure of before. */
function changesOf(
  form: Form,
  stored: ReturnType<typeof storedProperties> | null,
  given: Readonly<Record<string, Json>>,
): readonly PropertyChange[] {
  const result = mergeProperties({ form, stored, given, complete: false });
  return 'merged' in result ? result.merged.changes : [];
}

function shown(
  form: Form,
  declared: DeclaredDestination['properties'],
  { property, from, to }: PropertyChange,
): Change {
  const given = declared[property];
  const isCleared = given !== undefined && 'value' in given && given.value === null;
  if (isCredential(form, property)) return { property, secret: isCleared ? 'cleared' : 'set' };
  const reference = given !== undefined && !('value' in given) && { reference: given };
  return {
    property,
    ...(from !== undefined && { from }),
    ...(reference || (to !== undefined && { to })),
  };
}

const isCredential = (form: Form, name: string): boolean =>
  formProperties(form).some((property: FormProperty) => property.name === name && property.isCredential);

const withoutNulls = (given: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
