import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { documents } from './documents/documents.ts';

for (const [file, render] of Object.entries(documents)) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, render());
  console.log(`wrote ${file}`);
}
