import type { Destination } from '@backstitch/client';
import { useState } from 'react';
import { type FormField, type FormValues, initialValues } from './form-fields.ts';

/** What stands in the form, and what of it is stored already. */
export interface Settings {
  readonly name: string;
  readonly values: FormValues;
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
  const [before] = useState(() => destination && initialValues(fields, destination.properties));
  const [name, setName] = useState(destination?.name ?? title);
  const [values, setValues] = useState<FormValues>(() => before ?? initialValues(fields));
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
