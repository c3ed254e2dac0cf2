import type { Destination } from '@backstitch/client';
import { useState } from 'react';
import { type FormField, type FormValues, initialValues, isShown, storedValues } from './form-fields.ts';

/** What stands in the form, and what of it is stored already. */
export interface Settings {
  readonly name: string;
  readonly values: FormValues;
  /** What of it is stored; null: it is new. */
  readonly before: FormValues | null;
  readonly stored: ReadonlySet<string>;
  setName(name: string): void;
  setValue(property: string, value: string): void;
}

/** @param destination whose settings are changed; null: they are new. */
export function useSettings(
  fields: readonly FormField[],
  title: string,
  destination: Destination | null,
): Settings {
  const [before] = useState(() => destination && storedValues(fields, destination.properties));
  const [name, setName] = useState(destination?.name ?? title);
  const [values, setValues] = useState<FormValues>(() =>
    before ? withUsual(fields, before) : initialValues(fields),
  );
  const properties = destination?.report_card.steps.flatMap((step) => step.properties) ?? [];
  return {
    name,
    values,
    before,
    stored: new Set(properties.filter(({ provided }) => provided).map((property) => property.name)),
    setName,
    setValue: (property, value) => setValues((current) => ({ ...current, [property]: value })),
  };
}

/** What becomes visible when a tunnel is chosen begins as in a new form. */
const withUsual = (fields: readonly FormField[], stored: FormValues): FormValues => ({
  ...stored,
  ...Object.fromEntries(
    fields
      .filter((field) => stored[field.name] === '' && !isShown(field, stored))
      .map(({ name, initial }) => [name, initial]),
  ),
});
