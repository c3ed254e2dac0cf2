import type { Form, FormProperty } from './form.ts';

/** Every property a destination of this form may have: those of the report card in its order, then the tolerated ones. */
export const formProperties = (form: Form): readonly FormProperty[] => [
  ...form.steps.flatMap((step) => step.properties),
  ...form.tolerated,
];
