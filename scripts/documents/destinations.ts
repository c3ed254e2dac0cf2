import type { DestinationType } from '../../src/destinations/destination.ts';
import { destinationTypes } from '../../src/destinations/registry.ts';
import type { FormProperty } from '../../src/model/form.ts';
import { renderCapabilities } from './capabilities.ts';
import { generatedFrom, renderPage, renderTable } from './markdown.ts';

export function renderDestinations(): string {
  return renderPage(
    generatedFrom('src/destinations/*/type.ts and connector.ts'),
    '# Destination types',
    [
      'All types of the Connect API, with the properties of their forms. A type that this version cannot connect to is',
      'listed by the API with `access: false` and cannot be created.',
    ].join('\n'),
    renderTable(
      ['type', 'name', 'can be connected'],
      destinationTypes.map((entry) => [
        `[${entry.title}](#${anchor(entry)})`,
        `\`${entry.type}\``,
        entry.connector === null ? 'not yet' : 'yes',
      ]),
    ),
    '## What they can do',
    'Of the types that this version can connect to. The contract suite of the tests holds each of them to its column.',
    renderCapabilities(),
    ...destinationTypes.flatMap(renderType),
  );
}

function renderType(entry: DestinationType): readonly string[] {
  const properties = entry.form.steps.flatMap((step) => step.properties);
  const { tolerated } = entry.form;
  return [
    `## ${entry.title}`,
    renderTable(['property', 'given', 'default', 'meaning'], properties.map(row)),
    ...(tolerated.length === 0
      ? []
      : [`Accepted as well: ${tolerated.map(({ name, help }) => `\`${name}\` (${help})`).join(', ')}`]),
  ];
}

function row(property: FormProperty): readonly string[] {
  return [
    `\`${property.name}\``,
    given(property),
    property.defaultValue === undefined ? '' : `\`${property.defaultValue}\``,
    property.isCredential ? `${property.help} A credential: stored encrypted, never shown.` : property.help,
  ];
}

function given(property: FormProperty): string {
  if (property.jsonSchema === null) return 'by the server';
  if (property.generate) return 'optional, else made by the server';
  return property.isRequired ? 'required' : 'optional';
}

const anchor = ({ title }: DestinationType): string =>
  title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
