import type { JsonObject } from '../../lib/json.ts';
import { printable } from '../printable.ts';
import type { Outcome } from './carry-out.ts';

/** What became of one thing, for people, in a line. */
export function renderOutcome({ kind, id, name, result, here, keptToken, failure }: Outcome): string {
  const what = `${kind} ${here ?? id} ${printable(name)}`;
  const token = keptToken
    ? ', with the import token that its senders have'
    : failure
      ? `, without the import token that its senders have: ${printable(failure.message)}`
      : '';
  if (result === 'failed') return `not moved: ${what}: ${printable(failure?.message ?? '')}\n`;
  if (result === 'left_out') return `left for another time: ${what}\n`;
  return `${result} ${what}${token}\n`;
}

/** The same for programs. */
export const renderOutcomeJson = ({
  kind,
  id,
  name,
  result,
  here,
  keptToken,
  failure,
}: Outcome): JsonObject => ({
  kind,
  id,
  name,
  result,
  here,
  ...(kind === 'source' && { kept_token: keptToken }),
  ...(failure && {
    error: { error: failure.code, message: failure.message, remedy: failure.remedy ?? null },
  }),
});

/** What is left to do after a run, for people. */
export function closingLines(outcomes: readonly Outcome[]): string[] {
  const left = outcomes.filter(({ result }) => result === 'failed' || result === 'left_out');
  const tokenless = outcomes.filter(
    ({ kind, result, keptToken }) => kind === 'source' && result === 'created' && !keptToken,
  );
  return [
    ...(left.length > 0 ? [`Not moved: ${left.length}. Run it again to go on there.`] : []),
    ...tokenless.map(
      ({ here, name }) => `For those who send to ${printable(name)}: backstitch sources token ${here}`,
    ),
  ];
}
