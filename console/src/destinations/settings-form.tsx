import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { accountQuery } from '../api/account.ts';
import { CodeBlock } from '../elements/code-block.tsx';
import { Field } from '../elements/field.tsx';
import { useFirstError } from '../elements/use-first-error.ts';
import { type FormField, type FormValues, isShown, sections } from './form-fields.ts';
import { PropertyField } from './property-field.tsx';

/** The settings of a destination, by section, with what is wrong beside each input. */
export function SettingsForm({
  fields,
  name,
  values,
  stored,
  errors,
  onName,
  onValue,
  onSubmit,
  children,
}: {
  readonly fields: readonly FormField[];
  readonly name: string;
  readonly values: FormValues;
  /** Properties that have a value in the server. */
  readonly stored: ReadonlySet<string>;
  /** What is wrong, by property. */
  readonly errors: Readonly<Record<string, string>>;
  readonly onName: (name: string) => void;
  readonly onValue: (property: string, value: string) => void;
  readonly onSubmit: () => void;
  /** The buttons. */
  readonly children: ReactNode;
}) {
  const form = useFirstError(Object.keys(errors).join(' '));
  return (
    <form
      ref={form}
      className="settings-form"
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <fieldset>
        <legend className="visually-hidden">Name</legend>
        <Field label="Name" help="For people. Only you see it.">
          {(parts) => (
            <input
              {...parts}
              name="name"
              value={name}
              maxLength={255}
              onChange={(event) => onName(event.target.value)}
            />
          )}
        </Field>
      </fieldset>
      {sections.map((section) => {
        const shown = fields.filter((field) => field.section === section && isShown(field, values));
        if (shown.length === 0) return null;
        const isWrong = shown.some((field) => errors[field.name] !== undefined);
        return (
          <Section key={section} title={section} isFolded={section === 'Loading'} isWrong={isWrong}>
            {shown.map((field) => (
              <PropertyField
                key={field.name}
                field={field}
                value={values[field.name] ?? ''}
                error={errors[field.name]}
                isStored={stored.has(field.name)}
                onChange={(value) => onValue(field.name, value)}
              />
            ))}
            {section === 'SSH tunnel' && values.encryption_type === 'ssh' && <PublicKey />}
          </Section>
        );
      })}
      <div className="form-actions">{children}</div>
    </form>
  );
}

/** Inputs that belong together; what few people change is folded away, unless something is wrong in it. */
function Section({
  title,
  isFolded,
  isWrong,
  children,
}: {
  readonly title: string;
  readonly isFolded: boolean;
  readonly isWrong: boolean;
  readonly children: ReactNode;
}) {
  if (!isFolded)
    return (
      <fieldset>
        <legend>{title}</legend>
        {children}
      </fieldset>
    );
  return (
    <details open={isWrong || undefined}>
      <summary>{title}</summary>
      <fieldset>
        <legend className="visually-hidden">{title}</legend>
        {children}
      </fieldset>
    </details>
  );
}

function PublicKey() {
  const { data } = useQuery(accountQuery);
  if (!data) return null;
  return (
    <div className="field">
      <p className="field-help">
        The SSH server has to let this key in: add it as a line to <code>~/.ssh/authorized_keys</code> of the
        SSH user.
      </p>
      <CodeBlock text={data.ssh_public_key} label="Public key of this account" copyLabel="Copy key" />
    </div>
  );
}
