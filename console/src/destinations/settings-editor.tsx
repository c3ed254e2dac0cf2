import type { Destination, DestinationForm, ReportCard } from '@backstitch/client';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { BusyButton } from '../elements/busy-button.tsx';
import { Notice } from '../elements/notice.tsx';
import { formFields, isShown } from './form-fields.ts';
import { formProperties } from './form-properties.ts';
import { ProofPanel } from './proof-panel.tsx';
import { SettingsForm } from './settings-form.tsx';
import { type Intent, useProof } from './use-proof.ts';
import { useSettings } from './use-settings.ts';

/** New settings, or those of a destination, to be filled in, tested and stored. */
export function SettingsEditor({
  form,
  card,
  destination,
  revision,
  onReload,
}: {
  readonly form: DestinationForm;
  readonly card: Pick<ReportCard, 'steps'>;
  /** Null: a new one is made. */
  readonly destination: Destination | null;
  readonly revision?: string;
  /** Begins anew with what is stored now. */
  readonly onReload?: () => void;
}) {
  const navigate = useNavigate();
  const fields = useMemo(() => formFields(card, form), [card, form]);
  // What somebody else changes while this form is open must not be overwritten by it.
  const [madeFrom] = useState(revision);
  const settings = useSettings(fields, form.title, destination);
  const proving = useProof({
    type: form.type,
    destination,
    revision: madeFrom,
    onStored: ({ id }) => void navigate({ to: '/destinations/$id', params: { id } }),
  });

  const run = (intent: Intent) =>
    proving.run(intent, () => ({
      ...(settings.name.trim() === '' ? {} : { name: settings.name.trim() }),
      properties: formProperties(fields, settings.values, settings.before),
    }));
  // What is wrong with a value that has no input here has to be said all the same.
  const unseen = Object.entries(proving.errors).filter(
    ([name]) => !fields.some((field) => field.name === name && isShown(field, settings.values)),
  );
  const button = (
    intent: Intent,
    kind: 'plain' | 'primary',
    text: string,
    type: 'button' | 'submit' = 'button',
  ) => (
    <BusyButton
      kind={kind}
      type={type}
      busy={proving.intent !== null}
      onClick={() => type === 'button' && run(intent)}
    >
      {text}
    </BusyButton>
  );

  return (
    <div className="editor">
      <SettingsForm
        fields={fields}
        name={settings.name}
        values={settings.values}
        stored={settings.stored}
        errors={proving.errors}
        onName={settings.setName}
        onValue={settings.setValue}
        onSubmit={() => run('prove')}
      >
        {proving.problem !== null && (
          <Notice tone="bad" title={proving.problem}>
            {unseen.map(([name, why]) => (
              <p key={name}>
                <code>{name}</code>: {why}
              </p>
            ))}
            {proving.isOutdated && (
              <button type="button" className="button" onClick={onReload}>
                Show what is stored now
              </button>
            )}
          </Notice>
        )}
        {button('prove', 'primary', 'Save only if it works', 'submit')}
        {destination === null && button('test', 'plain', 'Test')}
        {button('save', 'plain', 'Save without a test')}
      </SettingsForm>
      <ProofPanel proof={proving.proof} />
    </div>
  );
}
