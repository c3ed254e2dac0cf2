import { parameters } from '../openapi/components.ts';
import type { Content, Operation, Schema, Tag } from '../openapi/operation.ts';
import { schemas } from '../openapi/schemas.ts';
import { operations, tags } from './openapi.ts';

/** The API description as one static page: headings, tables and examples, in plain HTML without scripts. */
export function renderDocsPage(options: {
  readonly version: string;
  readonly publicUrl: string | null;
}): string {
  const sections = Object.entries(tags).map(([tag, description]) => renderTag(tag as Tag, description));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Backstitch API</title>
<style>${styles}</style>
</head>
<body>
<header>
<h1>Backstitch API</h1>
<p>Version ${escapeHtml(options.version)}. Compatible with the Connect API of Stitch, versions 3 and 4; the machine-readable form is <a href="/openapi.json">openapi.json</a>.</p>
<pre>curl ${escapeHtml(options.publicUrl ?? 'http://127.0.0.1:8080')}/v3/destinations -H "Authorization: Bearer ac_…"</pre>
</header>
<nav><ul>${operations.map(renderLink).join('')}</ul></nav>
<main>
${sections.join('\n')}
<section id="schemas"><h2>Shapes</h2>
${Object.entries(schemas)
  .map(([name, schema]) => `<h3 id="schema-${name}">${name}</h3>${renderJson(schema)}`)
  .join('\n')}
</section>
</main>
</body>
</html>
`;
}

export const styles = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
nav ul { columns: 2 22rem; list-style: none; padding: 0; }
section { border-top: 1px solid #8888; margin-top: 2rem; }
pre { background: #8881; border-radius: 4px; overflow-x: auto; padding: .75rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #8884; padding: .25rem .5rem .25rem 0; text-align: left; vertical-align: top; }
.method { display: inline-block; font-weight: 700; min-width: 4.5rem; text-transform: uppercase; }
`;

const renderLink = ({ id, method, path }: Operation): string =>
  `<li><a href="#${id}"><code><span class="method">${method}</span>${escapeHtml(path)}</code></a></li>`;

const renderTag = (tag: Tag, description: string): string =>
  `<section><h2>${escapeHtml(tag)}</h2><p>${escapeHtml(description)}</p>
${operations
  .filter((operation) => operation.tag === tag)
  .map(renderOperation)
  .join('\n')}</section>`;

const credentials: Readonly<Record<Operation['security'], string>> = {
  token: 'an access token of the account',
  session: 'the session of a browser',
  import: 'an import token of the source',
  partner: 'the credentials of a partner',
  metrics: 'the token for metrics, if the operator has set one',
  nobody: 'no credentials',
};

const renderOperation = (operation: Operation): string => `<article id="${operation.id}">
<h3>${escapeHtml(operation.summary)}</h3>
<p><code><span class="method">${operation.method}</span>${escapeHtml(operation.path)}</code></p>
<p>${renderText(operation.description)} Takes ${credentials[operation.security]}.</p>
${renderParameters(operation)}
${operation.body ? `<h4>Body${schemaLink(operation.body.schema)}</h4>${renderExamples(operation.body)}` : ''}
${Object.entries(operation.responses)
  .map(
    ([status, response]) =>
      `<details${status === '200' ? ' open' : ''}><summary><strong>${status}</strong> ${escapeHtml(response.description)}${schemaLink(response.schema)}</summary>${renderExamples(response)}</details>`,
  )
  .join('\n')}
</article>`;

function renderParameters({ parameters: names = [] }: Operation): string {
  if (names.length === 0) return '';
  const rows = names.map((key) => {
    const { name, in: place, description } = parameters[key];
    return `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}</td><td>${renderText(description)}</td></tr>`;
  });
  return `<table><thead><tr><th>Name</th><th>In</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const renderExamples = ({ examples }: Content): string =>
  Object.entries(examples)
    .map(([title, value]) => `<p>${escapeHtml(title)}</p>${renderJson(value)}`)
    .join('');

function schemaLink(schema: Schema): string {
  const name = typeof schema === 'string' ? schema : schema.listOf;
  return typeof name === 'string' ? ` (<a href="#schema-${name}">${name}</a>)` : '';
}

const renderJson = (value: unknown): string =>
  `<pre>${escapeHtml(typeof value === 'string' ? value : JSON.stringify(value, null, 2))}</pre>`;

/** Text with code in backticks. */
const renderText = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
