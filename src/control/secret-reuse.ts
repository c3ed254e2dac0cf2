import type { BadProperty, Form } from '../model/form.ts';
import type { MergedProperties } from '../model/merge-properties.ts';
import { secretMoves } from '../model/secret-moves.ts';

/** Whether a stored credential may be sent to another place than the one it was given for. */
export type SecretReuse = 'refuse' | 'allow';

/**
 * Judges an update that sends kept credentials somewhere new. Where that is refused, every kept credential is a bad
 * property until the same request gives it; where it is allowed, the history says so.
 */
export function judgeSecretReuse(
  form: Form,
  { changes, keptCredentials }: MergedProperties,
  reuse: SecretReuse,
): { readonly bad: readonly BadProperty[]; readonly notes: readonly string[] } {
  const moves = secretMoves(form, changes).map(({ property }) => property);
  if (moves.length === 0 || keptCredentials.length === 0) return { bad: [], notes: [] };
  const what = moves.join(', ');
  if (reuse === 'allow') {
    const kept = keptCredentials.join(', ');
    return {
      bad: [],
      notes: [`The stored ${kept} was kept while ${what} changed, so it is now used at another place.`],
    };
  }
  const why = `Give it in the same request: ${what} changes, and a stored credential is never sent to another place than the one it was given for.`;
  return { bad: keptCredentials.map((name) => ({ name, why })), notes: [] };
}
