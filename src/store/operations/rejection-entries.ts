import type { Rejection } from '../../model/load-result.ts';

/** A rejection within its batch. */
export type RejectionEntry = Pick<Rejection, 'position' | 'reason' | 'kind'>;

/** As JSON: reasons once each, and for each rejection its position, its reason's index, and 1 when it is of a column. */
interface Packed {
  readonly reasons: readonly string[];
  readonly entries: readonly (readonly [position: number, reason: number, isColumn: 0 | 1])[];
}

export function packRejections(rejections: readonly RejectionEntry[]): string {
  const reasons = new Map<string, number>();
  const entries = rejections.map(({ position, reason, kind }) => {
    // What cannot be stored as text is not what anybody reads in a reason.
    const text = reason.toWellFormed().replaceAll('\0', '\uFFFD');
    const index = reasons.get(text) ?? reasons.size;
    reasons.set(text, index);
    return [position, index, kind === 'column' ? 1 : 0] as const;
  });
  return JSON.stringify({ reasons: [...reasons.keys()], entries } satisfies Packed);
}

export function unpackRejections(text: string): RejectionEntry[] {
  const { reasons, entries } = JSON.parse(text) as Packed;
  return entries.map(([position, reason, isColumn]) => ({
    position,
    reason: reasons[reason] ?? '',
    kind: isColumn === 1 ? 'column' : 'record',
  }));
}
