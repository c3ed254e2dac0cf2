import { useState } from 'react';
import { Field } from '../elements/field.tsx';
import type { FormField } from './form-fields.ts';

/** The input of one property. A stored credential is kept until somebody asks to replace it. */
export function PropertyField({
  field,
  value,
  error,
  isStored,
  onChange,
}: {
  readonly field: FormField;
  readonly value: string;
  readonly error: string | undefined;
  /** It has a value in the server. */
  readonly isStored: boolean;
  readonly onChange: (value: string) => void;
}) {
  const { name, label, help, input, choices, isOptional, isFixed } = field;
  if (input === 'flag')
    return (
      <div className="field field-flag">
        <label>
          <input
            type="checkbox"
            name={name}
            checked={value === 'true'}
            aria-invalid={error !== undefined}
            onChange={(event) => onChange(String(event.target.checked))}
          />
          {label}
        </label>
        {error !== undefined && <p className="field-error">{error}</p>}
        <p className="field-help">{help}</p>
      </div>
    );
  if (field.isCredential && isStored)
    return <StoredCredential field={field} value={value} error={error} onChange={onChange} />;
  return (
    <Field label={label} help={help} error={error} optional={isOptional}>
      {(parts) => {
        const common = {
          ...parts,
          name,
          value,
          'aria-required': !isOptional,
          readOnly: isFixed && isStored,
          spellCheck: false,
        };
        if (input === 'choice')
          return (
            <select {...parts} name={name} value={value} onChange={(event) => onChange(event.target.value)}>
              {(isOptional || value === '') && (
                <option value="">{isOptional ? 'Default' : 'Choose …'}</option>
              )}
              {choices.map((choice) => (
                <option key={choice} value={choice}>
                  {choiceLabels[choice] ?? choice}
                </option>
              ))}
            </select>
          );
        if (input === 'lines' || input === 'json')
          return <textarea {...common} rows={6} onChange={(event) => onChange(event.target.value)} />;
        return (
          <input
            {...common}
            type={input === 'password' ? 'password' : 'text'}
            inputMode={input === 'number' ? 'numeric' : undefined}
            autoComplete={input === 'password' ? 'new-password' : 'off'}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}

const choiceLabels: Readonly<Record<string, string>> = {
  none: 'no tunnel',
  ssh: 'an SSH server',
  csv: 'CSV',
  jsonl: 'JSON lines',
  ',': 'comma',
  '|': 'pipe',
  '\\t': 'tab',
};

function StoredCredential({
  field: { name, label, help, input },
  value,
  error,
  onChange,
}: {
  readonly field: FormField;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  const [choice, setChoice] = useState<'keep' | 'replace' | null>(null);
  // What the server asks for is asked for, until somebody says otherwise.
  const isOpen = choice === null ? error !== undefined : choice === 'replace';
  const toggle = () => {
    onChange('');
    setChoice(isOpen ? 'keep' : 'replace');
  };
  return (
    <Field
      label={label}
      help={isOpen ? help : 'Kept as it is. It is stored encrypted, and shown to nobody.'}
      error={error}
    >
      {(parts) => (
        <div className="field-row">
          {input === 'json' && isOpen ? (
            <textarea
              {...parts}
              name={name}
              rows={6}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          ) : (
            <input
              {...parts}
              name={name}
              type="password"
              autoComplete="new-password"
              value={isOpen ? value : '••••••••••'}
              readOnly={!isOpen}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
          <button type="button" className="button" onClick={toggle}>
            {isOpen ? 'Keep current' : 'Replace'}
          </button>
        </div>
      )}
    </Field>
  );
}
