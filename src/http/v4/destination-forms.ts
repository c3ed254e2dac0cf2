import type * as wire from '@backstitch/client';
import type { FastifyInstance } from 'fastify';
import type { DestinationType } from '../../destinations/destination.ts';
import type { FormProperty } from '../../model/form.ts';
import { formProperties } from '../../model/form-properties.ts';
import type { AppParts } from '../app-parts.ts';

/**
 * What people need to fill in the form of a type, beside its report card: whose shape is closed to some clients. In the
 * order in which people are asked.
 */
export function destinationFormRoutes(app: FastifyInstance, { types }: AppParts): void {
  const forms = JSON.stringify(types.all.map(renderForm));
  app.get('/destination-forms', (_request, reply) => reply.send(forms));
}

export const renderForm = ({ type, title, form, connector }: DestinationType): wire.DestinationForm => {
  const properties = new Map(formProperties(form).map((property) => [property.name, property]));
  const asked = form.v3Order.flatMap((name) => properties.get(name) ?? []);
  return { type, title, access: connector !== null, properties: asked.map(renderProperty) };
};

const renderProperty = ({
  name,
  help,
  natural,
  defaultValue,
  usual,
  controlCharacters,
  generate,
}: FormProperty): wire.DestinationFormProperty => ({
  name,
  help,
  kind: controlCharacters === 'lines' ? 'lines' : natural,
  default: defaultValue ?? null,
  usual: usual ?? null,
  generated: generate !== undefined,
});
