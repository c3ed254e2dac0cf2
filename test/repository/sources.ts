import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** A source file of the project, by its path from the root. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly isTest: boolean;
  /** Files of the project that it imports, lazily imported ones and types included, by their path from the root. */
  readonly imports: readonly string[];
  /** Packages and parts of Node that it imports. */
  readonly packages: readonly string[];
}

export function readSources(...folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|mjs)$/.test(name))
      .map((name) => readSource(path.posix.join(folder, name)))
      .sort((one, other) => (one.file < other.file ? -1 : 1)),
  );
}

function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const named = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const isOurs = (name: string) => name.startsWith('.');
  return {
    file,
    text,
    isTest: /\.test\.tsx?$/.test(file),
    imports: named.filter(isOurs).map((name) => path.posix.join(path.posix.dirname(file), name)),
    packages: named.filter((name) => !isOurs(name)),
  };
}
