import type { Json, JsonObject } from '../../lib/json.ts';
import { printable } from '../printable.ts';
import type { Action, Change, Plan, Thing } from './plan.ts';

const signs: Readonly<Record<Action['verb'], string>> = { create: '+', update: '~', delete: '-' };
const longestValue = 60;

/** A plan for people: what is created (`+`), changed (`~`), deleted (`-`), kept (`=`) and not looked after (`?`). */
export function renderPlan({ actions, kept, unmanaged }: Plan): string {
  const lines = [
    ...actions.flatMap((action) => [actionLine(action), ...action.changes.map(changeLine)]),
    ...kept.map((thing) => `= ${thingText(thing)}${unseenText(thing)}`),
    ...unmanaged.map((thing) => `? ${thingText(thing)} is not in the file (--prune would delete it)`),
  ];
  return [...lines, summary(actions)].map((line) => `${line}\n`).join('');
}

const actionLine = (action: Action): string => `${signs[action.verb]} ${thingText(action)}${warning(action)}`;

const thingText = ({ kind, name, id }: Thing): string =>
  `${kind} ${printable(name)}${id === null ? '' : ` (${id})`}`;

/** What deleting takes along. */
function warning({ verb, kind }: Action): string {
  if (verb !== 'delete') return '';
  return kind === 'source'
    ? ': batches that wait are discarded, its tokens end, tables stay'
    : ': its credentials are erased, tables stay';
}

const unseenText = ({ unseen = [] }: Thing): string =>
  unseen.length === 0 ? '' : ` (${unseen.join(', ')}: not compared; --secrets sends)`;

function changeLine({ property, from, to, secret, reference }: Change): string {
  const name = `    ${printable(property)}`;
  if (secret === 'set') return `${name}: (secret) is set`;
  if (secret === 'cleared') return `${name}: (secret) is cleared`;
  if (secret === 'sent') return `${name}: (secret) is sent again`;
  const after = reference ? `(from ${printable(Object.values(reference).join(''))})` : valueText(to);
  return from === undefined || from === null ? `${name}: ${after}` : `${name}: ${valueText(from)} → ${after}`;
}

function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return '(none)';
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

function summary(actions: readonly Action[]): string {
  if (actions.length === 0) return 'Nothing to do.';
  const count = (verb: Action['verb']) => actions.filter((action) => action.verb === verb).length;
  return `To do: create ${count('create')}, change ${count('update')}, delete ${count('delete')}.`;
}

/** An action that has been carried out. */
export const renderDone = (action: Action, changed: boolean): string =>
  changed
    ? `${done[action.verb]} ${thingText(action)}\n`
    : `kept ${thingText(action)}: its credentials are these\n`;

const done: Readonly<Record<Action['verb'], string>> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
};

/** The same for programs. Requests, which hold credentials, are not in it. */
export const renderPlanJson = ({ actions, kept, unmanaged }: Plan): JsonObject => ({
  actions: actions.map((action) => ({
    action: action.verb,
    ...renderThing(action),
    changes: action.changes.map(renderChange),
  })),
  kept: kept.map((thing) => ({ ...renderThing(thing), not_compared: [...(thing.unseen ?? [])] })),
  unmanaged: unmanaged.map(renderThing),
});

export const renderThing = ({ kind, name, id }: Thing): JsonObject => ({ kind, name, id });

function renderChange({ property, from, to, secret, reference }: Change): JsonObject {
  if (secret !== undefined) return { property, secret };
  return {
    property,
    from: from ?? null,
    ...(reference ? { to_reference: { ...reference } } : { to: to ?? null }),
  };
}
