import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { nearest } from '../../lib/nearest.ts';
import type {
  Declaration,
  DeclaredDestination,
  DeclaredSource,
  DeclaredValue,
  Locate,
  Path,
  Problem,
} from './declaration.ts';
import type { Placed } from './wrong-file.ts';

/** The text cannot be read as YAML at all. */
interface Unreadable {
  readonly unreadable: readonly Placed[];
}

interface Parsed {
  readonly declaration: Declaration;
  /** As far as the shape goes; whether values fit is for the plan to say. */
  readonly problems: readonly Problem[];
  readonly locate: Locate;
}

/** What a file declares, with everything that is wrong with its shape. @param file its name, for messages. */
export function parseDeclaration(text: string, file: string): Parsed | Unreadable {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, version: '1.2' });
  const place = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    const wrong = document.errors.map(({ pos, code }) => ({
      place: place(pos[0]),
      why: wordsFor[code] ?? `This is not valid YAML (${code}).`,
    }));
    return { unreadable: wrong };
  }
  const root = document.contents;
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 100 });
  } catch {
    return { unreadable: [{ place: place(0), why: 'Its aliases cannot be followed.' }] };
  }
  const problems: Problem[] = [];
  const declaration = readDeclaration(content, (at, why) => void problems.push({ at, why }));
  return { declaration, problems, locate: (at) => place(offsetOf(root, at)) };
}

/** The parser's own words quote the line, and what stands there may be a password. */
const wordsFor: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'This key stands there twice. Take one of them out, or give it another name.',
  TAB_AS_INDENT: 'YAML indents with spaces, not with tabs.',
  BAD_INDENT: 'This line is not indented as its neighbours are.',
  MISSING_CHAR: 'Something is missing here: a quote, a colon or a bracket that was opened before?',
  MULTIPLE_DOCS: 'A second document begins here. Put everything into one.',
  BLOCK_AS_IMPLICIT_KEY: 'This is not valid YAML. Is a line break or a quote missing?',
};

/** Of the key that the path leads to, or of the nearest thing above it. */
function offsetOf(root: Node | null, at: Path): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const key of at) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === key);
    if (pair === undefined) break;
    if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}

type Report = (at: Path, why: string) => void;

function readDeclaration(content: unknown, report: Report): Declaration {
  const root = readObject(content, [], ['version', 'destinations', 'sources'], report);
  if (root.version !== 1) report(['version'], 'Give `version: 1`, which is the form this program reads.');
  return {
    destinations: readNamed(root.destinations, 'destinations', report).map(([name, entry]) =>
      readDestination(name, entry, report),
    ),
    sources: readNamed(root.sources, 'sources', report).map(([name, entry]) =>
      readSource(name, entry, report),
    ),
  };
}

function readNamed(given: Json | undefined, section: string, report: Report): [string, Json][] {
  if (given === undefined || given === null) return [];
  if (isJsonObject(given)) return Object.entries(given);
  report([section], 'Give names, each with what belongs to it below.');
  return [];
}

function readDestination(name: string, given: Json, report: Report): DeclaredDestination {
  const at = ['destinations', name];
  const entry = readObject(given, at, ['type', 'description', 'properties'], report);
  const { description } = entry;
  const isText = description === null || typeof description === 'string';
  if (description !== undefined && !isText) report([...at, 'description'], 'Give a text.');
  const properties = readProperties(entry.properties, at, report);
  return {
    name,
    type: readType(entry.type, at, report),
    ...(isText && { description }),
    properties: Object.fromEntries(
      properties.map(([key, value]) => [key, readValue(value, [...at, 'properties', key], report)]),
    ),
  };
}

function readSource(displayName: string, given: Json, report: Report): DeclaredSource {
  const at = ['sources', displayName];
  const entry = readObject(given, at, ['type', 'destination', 'properties', 'paused'], report);
  const { destination, paused } = entry;
  const isName = destination === null || typeof destination === 'string';
  if (destination !== undefined && !isName)
    report([...at, 'destination'], 'Give the name of a destination, or null for none.');
  if (paused !== undefined && typeof paused !== 'boolean') report([...at, 'paused'], 'Give true or false.');
  return {
    displayName,
    type: readType(entry.type, at, report),
    ...(isName && { destination }),
    ...(typeof paused === 'boolean' && { paused }),
    properties: Object.fromEntries(readProperties(entry.properties, at, report)),
  };
}

function readType(given: Json | undefined, at: Path, report: Report): string {
  if (typeof given === 'string') return given;
  report(given === undefined ? at : [...at, 'type'], 'Say of which `type` it is.');
  return '';
}

function readProperties(given: Json | undefined, at: Path, report: Report): [string, Json][] {
  if (given === undefined || given === null) return [];
  if (isJsonObject(given)) return Object.entries(given);
  report([...at, 'properties'], 'Give properties, each as `name: value`.');
  return [];
}

/** An object with nothing but `env` or `file` says where the value stands. */
function readValue(given: Json, at: Path, report: Report): DeclaredValue {
  if (!isJsonObject(given)) return { value: given };
  const [[key, reference] = [], ...others] = Object.entries(given);
  if ((key !== 'env' && key !== 'file') || others.length > 0) return { value: given };
  if (typeof reference !== 'string' || reference === '')
    report(
      at,
      `Give \`{ ${key}: NAME }\` with the ${key === 'env' ? 'name of an environment variable' : 'path of a file'}.`,
    );
  return key === 'env' ? { env: String(reference) } : { file: String(reference) };
}

/** The known keys of an object; whatever else stands there is reported. */
function readObject(given: unknown, at: Path, known: readonly string[], report: Report): JsonObject {
  if (!isJsonObject(given)) {
    report(at, `Give ${known.map((key) => `\`${key}\``).join(', ')}.`);
    return {};
  }
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    const meant = nearest(key.slice(0, 64), known);
    report(
      [...at, key],
      `There is no key ${JSON.stringify(key)} here. ${meant === null ? `Known are ${known.join(', ')}.` : `Is ${meant} meant?`}`,
    );
  }
  return given;
}
