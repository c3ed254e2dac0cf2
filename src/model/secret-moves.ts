import type { PropertyChange } from './destination.ts';
import type { Form } from './form.ts';
import { formProperties } from './form-properties.ts';

/**
 * Those of the changes after which a stored credential would travel to another place, or less well protected: of
 * host, port, endpoint, tunnel and TLS. Changes that only protect it better are left out.
 */
export function secretMoves(form: Form, changes: readonly PropertyChange[]): readonly PropertyChange[] {
  const routing = new Set(formProperties(form).flatMap(({ name, routing }) => (routing ? [name] : [])));
  return changes.filter((change) => routing.has(change.property) && !strengthens(change));
}

/** TLS switched on, and a certificate where none was asked for. Another certificate may be anybody's. */
function strengthens({ property, from, to }: PropertyChange): boolean {
  if (property === 'ssl') return from !== 'true' && to === 'true';
  return property === 'sslrootcert' && from === undefined && to !== undefined;
}
