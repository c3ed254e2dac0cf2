import { type ExactJson, type ExactJsonObject, isExactObject } from '../lib/exact-json.ts';
import { invalid } from './batch-refusal.ts';
import { placeInInt64 } from './integer.ts';
import { maxInt64, maxMessages, minInt64 } from './limits.ts';
import { javaName, javaNameOf, typeBit, typeBits } from './schema/types.ts';

/** A body whose shape is right; its messages are objects of the known keys. */
export interface BatchEnvelope {
  readonly table_name: string;
  readonly schema: ExactJsonObject;
  readonly messages: readonly ExactJsonObject[];
  readonly key_names?: readonly string[];
  readonly table_version?: ExactJson;
  readonly bookmark_names?: readonly string[];
}

const required = ['table_name', 'schema', 'messages'];
const types: Readonly<Record<string, string>> = {
  table_name: 'string',
  schema: 'object',
  messages: 'array',
  key_names: 'array',
  table_version: 'integer',
  bookmark_names: 'array',
};

/**
 * Checks everything around the records: missing keys, unknown keys, types, the number of messages, each message, and
 * last the range of integers, in the order in which the original tells them.
 * @throws {BatchRefusal} for the first that is wrong
 */
export function parseEnvelope(body: ExactJson): BatchEnvelope {
  if (!isExactObject(body)) throw invalid('#', wrongType('object', body));
  for (const key of required)
    if (!Object.hasOwn(body, key)) throw invalid('#', `required key [${key}] not found`);
  for (const key of Object.keys(body))
    if (!Object.hasOwn(types, key)) throw invalid('#', `extraneous key [${key}] is not permitted`);
  for (const [key, type] of Object.entries(types)) {
    if (Object.hasOwn(body, key) && !hasType(body[key]!, type))
      throw invalid(`#/${key}`, wrongType(type, body[key]!));
  }
  for (const key of ['key_names', 'bookmark_names']) {
    const names = Object.hasOwn(body, key) ? (body[key] as ExactJson[]) : [];
    const wrong = names.findIndex((name) => typeof name !== 'string');
    if (wrong >= 0) throw invalid(`#/${key}/${wrong}`, wrongType('string', names[wrong]!));
  }
  const messages = body.messages as ExactJson[];
  if (messages.length === 0) throw invalid('#/messages', 'expected minimum item count: 1, found: 0');
  if (messages.length > maxMessages)
    throw invalid('#/messages', `expected maximum item count: ${maxMessages}, found: ${messages.length}`);
  for (const [position, message] of messages.entries()) checkMessage(message, position);

  for (const message of messages as ExactJsonObject[]) checkRange('sequence', message.sequence!);
  if (body.table_version !== undefined) checkRange('table_version', body.table_version);
  return body as object as BatchEnvelope;
}

const hasType = (value: ExactJson, type: string): boolean => (typeBits(value) & typeBit(type)!) !== 0;

const wrongType = (type: string, found: ExactJson): string =>
  `expected type: ${javaName(type)}, found: ${javaNameOf(found)}`;

function checkRange(key: string, value: ExactJson): void {
  const place = placeInInt64(value);
  if (place === 'above') throw invalid('#', `${key} can not be above ${maxInt64}`);
  if (place === 'below') throw invalid('#', `${key} can not be below ${minInt64}`);
}

/** The two kinds of messages. The original holds each message against both, and tells what both miss. */
interface Kind {
  readonly actions: readonly string[];
  readonly required: readonly string[];
}
const kinds: readonly Kind[] = [
  { actions: ['activate_version', 'switch_view'], required: ['action', 'sequence'] },
  { actions: ['upsert'], required: ['action', 'sequence', 'data'] },
];
const optional = ['time_extracted', 'vintage', 'namespace'];
const messageTypes: Readonly<Record<string, string>> = {
  action: 'string',
  sequence: 'integer',
  data: 'object',
  time_extracted: 'string',
};

function checkMessage(message: ExactJson, position: number): void {
  if (isExactObject(message) && kinds.some((kind) => isOfKind(message, kind))) return;
  const place = `#/messages/${position}`;
  if (!isExactObject(message)) throw invalid(place, wrongType('object', message));
  const told = kinds.map((kind) => {
    const violations = violationsOf(message, kind, place);
    return violations.length > 1
      ? [`${place}: ${violations.length} schema violations found`, ...violations].join(' ')
      : violations.join(' ');
  });
  throw invalid(place, ['#: 0 subschemas matched instead of one', ...told].join(' '));
}

function isOfKind(message: ExactJsonObject, kind: Kind): boolean {
  if (
    !kind.actions.includes(String(message.action)) ||
    !kind.required.every((key) => Object.hasOwn(message, key))
  )
    return false;
  for (const key in message) {
    if (!kind.required.includes(key) && !optional.includes(key)) return false;
    const type = messageTypes[key];
    if (type !== undefined && !hasType(message[key]!, type)) return false;
  }
  return true;
}

function violationsOf(message: ExactJsonObject, kind: Kind, place: string): readonly string[] {
  const keys = Object.keys(message);
  const known = [...kind.required, ...optional];
  const violations = [
    ...kind.required
      .filter((key) => !Object.hasOwn(message, key))
      .map((key) => `${place}: required key [${key}] not found`),
    ...keys
      .filter((key) => !known.includes(key))
      .map((key) => `${place}: extraneous key [${key}] is not permitted`),
    ...Object.entries(messageTypes)
      .filter(([key, type]) => known.includes(key) && keys.includes(key) && !hasType(message[key]!, type))
      .map(([key, type]) => `${place}/${key}: ${wrongType(type, message[key]!)}`),
  ];
  // An action of the other kind goes without saying where more is wrong.
  if (violations.length > 0) return violations;
  return [`${place}/action: ${String(message.action).slice(0, 50)} is not a valid enum value`];
}
