import type { CreateHook, Destination, HookType } from '@backstitch/client';
import { useState } from 'react';
import { explain } from '../api/backstitch.ts';
import { BusyButton } from '../elements/busy-button.tsx';
import { Field } from '../elements/field.tsx';
import { Notice } from '../elements/notice.tsx';
import { useFirstError } from '../elements/use-first-error.ts';
import { hookTypes } from './hook-types.ts';

/** What a new webhook is told of, and where. */
export function HookForm({
  destinations,
  destination,
  urlError,
  error,
  isBusy,
  onSubmit,
}: {
  readonly destinations: readonly Destination[];
  /** Chosen already. */
  readonly destination: number | undefined;
  readonly urlError: Error | null;
  readonly error: Error | null;
  readonly isBusy: boolean;
  readonly onSubmit: (hook: CreateHook) => void;
}) {
  const [type, setType] = useState<HookType>('load_failed');
  const [destinationId, setDestinationId] = useState(destination ?? destinations[0]?.id ?? 0);
  const [url, setUrl] = useState('');
  const [isSigned, setSigned] = useState(true);
  const form = useFirstError(urlError?.message ?? '');
  return (
    <form
      ref={form}
      className="settings-form narrow"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const secret = isSigned ? { secret: newSecret() } : {};
        onSubmit({ type, destination_id: destinationId, config: { url: url.trim(), ...secret } });
      }}
    >
      <fieldset>
        <legend className="visually-hidden">Webhook</legend>
        <Field label="Tells of">
          {(parts) => (
            <select
              {...parts}
              name="type"
              value={type}
              onChange={(event) => setType(event.target.value as HookType)}
            >
              {Object.entries(hookTypes).map(([each, title]) => (
                <option key={each} value={each}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Destination">
          {(parts) => (
            <select
              {...parts}
              name="destination_id"
              value={destinationId}
              onChange={(event) => setDestinationId(Number(event.target.value))}
            >
              {destinations.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label="URL"
          help="Gets a POST with JSON for each message."
          error={urlError ? explain(urlError) : undefined}
        >
          {(parts) => (
            <input
              {...parts}
              type="url"
              name="url"
              value={url}
              required
              autoComplete="off"
              spellCheck={false}
              placeholder="https://"
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <div className="field field-flag">
          <label>
            <input
              type="checkbox"
              name="signed"
              checked={isSigned}
              onChange={(event) => setSigned(event.target.checked)}
            />
            Sign each message
          </label>
          <p className="field-help">
            With a secret that is made now and shown once, so that the receiver knows whom a message is from.
          </p>
        </div>
      </fieldset>
      {error && <Notice tone="bad" title={explain(error)} />}
      <div className="form-actions">
        <BusyButton kind="primary" type="submit" busy={isBusy}>
          Create webhook
        </BusyButton>
      </div>
    </form>
  );
}

/** 256 random bits. */
const newSecret = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
