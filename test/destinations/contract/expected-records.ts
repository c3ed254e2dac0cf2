import type { TableCapabilities } from '../../../src/destinations/capabilities.ts';
import type { LoadBatch } from '../../../src/destinations/session.ts';
import type { Rejection } from '../../../src/model/load-result.ts';
import type { BatchFacts, IncomingRecord } from '../../../src/shape/shape.ts';
import { parseInt64 } from '../../../src/shape/value-types.ts';
import { canonical, flat, type Normal, normalNumber, normalText, typeless } from './normal-form.ts';
import { inOrder, type StandingRecord } from './standing-records.ts';

/** What was loaded into a table, and which of it was rejected whole. */
export interface Loaded {
  readonly batch: LoadBatch;
  readonly rejections: readonly Rejection[];
}

type Comparable = number | bigint | null;

interface Sent extends StandingRecord {
  readonly key: string;
  readonly order: readonly [version: Comparable, sequence: Comparable];
}

/**
 * The records that must stand after these loads: a model of the contract that shares nothing with the loader. The
 * highest (version, sequence) of a key stands, of equal ones the first; a version that was activated keeps lower ones
 * out from then on, and removes those that stand; or every record stays, where the destination only appends.
 */
export function expectedRecords(
  loads: readonly Loaded[],
  tables: Pick<TableCapabilities, 'upsert' | 'lowerVersions' | 'columns' | 'nesting'>,
): StandingRecord[] {
  let active: Comparable = null;
  const sent: Sent[] = [];
  for (const { batch, rejections } of loads) {
    const { facts, keyNames } = batch;
    const whole = rejections.filter(({ batchId, kind }) => batchId === facts.id && kind === 'record');
    const gone = new Set(whole.map(({ position }) => position));
    for (const message of batch.messages) {
      if (message.action === 'activate_version' && isLower(active, message.version)) active = message.version;
      if (message.action !== 'upsert' || gone.has(message.record.position)) continue;
      if (active === null || !isLower(facts.tableVersion, active))
        sent.push(sentRecord(message.record, facts, keyNames));
    }
  }
  const removes = tables.lowerVersions === 'removed' && active !== null;
  const left = sent.filter(({ order }) => !removes || !isLower(order[0], active));
  const keyless = loads.every(({ batch }) => batch.keyNames.length === 0);
  const isShared = !tables.upsert && !keyless && tables.nesting === 'subtables';
  const standing = tables.upsert && !keyless ? winners(left) : isShared ? withSharedArrays(left) : left;
  const dataOf = ({ data }: Sent) => (tables.columns === 'text' ? (typeless(data) as Sent['data']) : data);
  return inOrder(
    standing.map((sent) => {
      const { key: _key, order: _order, ...record } = sent;
      return { ...record, data: dataOf(sent) };
    }),
  );
}

function sentRecord(
  { data, sequence, extractedAt }: IncomingRecord,
  { receivedAt, tableVersion: version }: BatchFacts,
  keyNames: readonly string[],
): Sent {
  const fields = data as Readonly<Record<string, unknown>>;
  const number = parseInt64(sequence);
  return {
    data: flat(data),
    sequence: number === null ? null : normalNumber(String(number)),
    version: version === null ? null : normalNumber(String(version)),
    extractedAt: typeof extractedAt === 'string' ? normalText(extractedAt) : timeOf(extractedAt),
    receivedAt: `@${receivedAt}`,
    key: canonical(keyNames.map((name) => flat({ key: fields[name] }))),
    order: [version, number] as const,
  };
}

/** Of a sender that marks times as such. */
const timeOf = (value: unknown): Normal | null =>
  typeof value === 'object' && value !== null && 'text' in value ? normalText(String(value.text)) : null;

function winners(sent: readonly Sent[]): Sent[] {
  const best = new Map<string, Sent>();
  for (const record of sent) {
    const standing = best.get(record.key);
    if (standing === undefined || isBefore(standing.order, record.order)) best.set(record.key, record);
  }
  return [...best.values()];
}

/** Rows of arrays know their record by its key, version and sequence: those of records that share all three are mixed. */
function withSharedArrays(sent: readonly Sent[]): Sent[] {
  const groups = Map.groupBy(sent, ({ key, order }) => `${key} ${order.join()}`);
  return [...groups.values()].flatMap((group) => {
    const names = new Set(
      group.flatMap(({ data }) => Object.keys(data).filter((name) => isArray(data[name]))),
    );
    const arrays = Object.fromEntries([...names].map((name) => [name, mixed(group, name)]));
    return group.map((record) => ({ ...record, data: { ...record.data, ...arrays } }));
  });
}

const isArray = (value: Normal | undefined): value is readonly Normal[] => Array.isArray(value);

/** By their place in the array; of one place, the first sent first. */
const mixed = (group: readonly Sent[], name: string): Normal[] =>
  group
    .flatMap(({ data }) => [...((data[name] ?? []) as readonly Normal[]).entries()])
    .toSorted(([one], [other]) => one - other)
    .map(([, element]) => element);

const isBefore = (
  [version, sequence]: Sent['order'],
  [otherVersion, otherSequence]: Sent['order'],
): boolean =>
  isLower(version, otherVersion) || (version === otherVersion && isLower(sequence, otherSequence));

const isLower = (one: Comparable, other: Comparable): boolean =>
  other !== null && (one === null || one < other);
