import type { Destination } from '@backstitch/client';
import { Field } from '../elements/field.tsx';

/** What is to be loaded once more, and where. */
export interface ReplayDraft {
  readonly destinationId: number | null;
  /** Null: all. */
  readonly tables: ReadonlySet<string> | null;
  /** As the input has it, in this device's time zone; empty: everything. */
  readonly since: string;
  readonly force: boolean;
}

export function ReplayFields({
  draft,
  tables,
  destinations,
  onChange,
}: {
  readonly draft: ReplayDraft;
  readonly tables: readonly string[];
  readonly destinations: readonly Destination[];
  readonly onChange: (draft: ReplayDraft) => void;
}) {
  const toggle = (table: string, isWanted: boolean) => {
    const wanted = new Set(draft.tables ?? tables);
    if (isWanted) wanted.add(table);
    else wanted.delete(table);
    // Whoever was asked about other tables has not been asked about these.
    onChange({ ...draft, tables: tables.every((each) => wanted.has(each)) ? null : wanted, force: false });
  };
  return (
    <>
      <Field label="Into">
        {(parts) => (
          <select
            {...parts}
            name="destination_id"
            value={draft.destinationId ?? ''}
            onChange={(event) =>
              onChange({ ...draft, destinationId: Number(event.target.value) || null, force: false })
            }
          >
            {destinations.length === 0 && <option value="">There is no destination yet</option>}
            {destinations.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <fieldset className="field">
        <legend>Tables</legend>
        {tables.length === 0 && <p className="quiet">The source has not sent anything yet.</p>}
        <div className="flags">
          {tables.map((table) => (
            <label key={table} className="flag">
              <input
                type="checkbox"
                checked={draft.tables?.has(table) ?? true}
                onChange={(event) => toggle(table, event.target.checked)}
              />
              <code>{table}</code>
            </label>
          ))}
        </div>
      </fieldset>
      <Field
        label="Received since"
        optional
        help="Leaves out what came before. Payloads are kept for a while after they were loaded, seven days unless the server says otherwise."
      >
        {(parts) => (
          <input
            {...parts}
            type="datetime-local"
            name="since"
            value={draft.since}
            onChange={(event) => onChange({ ...draft, since: event.target.value, force: false })}
          />
        )}
      </Field>
    </>
  );
}
