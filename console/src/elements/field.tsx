import { type ReactNode, useId } from 'react';

interface FieldParts {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

/** An input with its label, one sentence of help, and what is wrong with it. */
export function Field({
  label,
  help,
  error,
  optional = false,
  children,
}: {
  readonly label: string;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  readonly optional?: boolean;
  readonly children: (parts: FieldParts) => ReactNode;
}) {
  const id = useId();
  const described = [help && `${id}-help`, error !== undefined && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="field" data-invalid={error !== undefined || undefined}>
      <label htmlFor={id}>
        {label}
        {optional && <span className="field-optional"> optional</span>}
      </label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': error !== undefined,
      })}
      {error !== undefined && (
        <p id={`${id}-error`} className="field-error">
          {error === '' ? 'This value cannot be used.' : error}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="field-help">
          {help}
        </p>
      )}
    </div>
  );
}
