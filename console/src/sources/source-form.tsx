import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { destinationsQuery } from '../api/destinations.ts';
import { Field } from '../elements/field.tsx';
import { useFirstError } from '../elements/use-first-error.ts';

export interface SourceDraft {
  readonly displayName: string;
  readonly destinationId: number | null;
  /** Sets single invalid records aside instead of refusing the request that they came in. */
  readonly setsAside: boolean;
}

/** What a source is asked for, new or not. */
export function SourceForm({
  initial,
  error,
  onSubmit,
  children,
}: {
  readonly initial: SourceDraft;
  readonly error: string | undefined;
  readonly onSubmit: (draft: SourceDraft) => void;
  /** The buttons. */
  readonly children: ReactNode;
}) {
  const destinations = useQuery(destinationsQuery).data ?? [];
  const [draft, setDraft] = useState(initial);
  const change = (part: Partial<SourceDraft>) => setDraft({ ...draft, ...part });
  const form = useFirstError(error ?? '');
  return (
    <form
      ref={form}
      className="settings-form narrow"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(draft);
      }}
    >
      <fieldset>
        <legend className="visually-hidden">Source</legend>
        <Field
          label="Name"
          help="The schema in the destination is named after it, in lower case, and keeps that name."
          error={error}
        >
          {(parts) => (
            <input
              {...parts}
              name="display_name"
              value={draft.displayName}
              required
              maxLength={255}
              autoComplete="off"
              onChange={(event) => change({ displayName: event.target.value })}
            />
          )}
        </Field>
        <Field label="Destination" help="Without one, records are accepted and wait until there is one.">
          {(parts) => (
            <select
              {...parts}
              name="destination_id"
              value={draft.destinationId ?? ''}
              onChange={(event) =>
                change({ destinationId: event.target.value === '' ? null : Number(event.target.value) })
              }
            >
              <option value="">None yet</option>
              {destinations.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className="field field-flag">
          <label>
            <input
              type="checkbox"
              name="on_invalid"
              checked={draft.setsAside}
              onChange={(event) => change({ setsAside: event.target.checked })}
            />
            Set invalid records aside
          </label>
          <p className="field-help">
            One bad record then does not stop its neighbours: it is kept with its reason. Otherwise the
            request that it came in is refused as a whole, as Stitch does.
          </p>
        </div>
      </fieldset>
      <div className="form-actions">{children}</div>
    </form>
  );
}
