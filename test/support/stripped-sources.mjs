// For `node --import`: gives threads and child processes of tests our sources as strip-sources.ts has stripped them of
// their types. Node would strip each file again wherever it is loaded. That costs a tenth of a second a process, and is
// done in WebAssembly, whose engine takes the whole process down now and then when several threads use it at once.
import { readFileSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '..', '..');
const ours = ['src', 'test', path.join('client', 'src')].map((folder) => path.join(root, folder, path.sep));
const client = pathToFileURL(path.join(root, 'client', 'src', 'index.ts')).href;

registerHooks({
  // Outside of tests it leads into dist/.
  resolve(specifier, context, nextResolve) {
    return nextResolve(specifier === '#client' ? client : specifier, context);
  },
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
    const file = fileURLToPath(url);
    if (!ours.some((folder) => file.startsWith(folder))) return nextLoad(url, context);
    const stripped = path.join(root, '.tooling', 'stripped', `${path.relative(root, file)}.js`);
    const changed =
      statSync(stripped, { throwIfNoEntry: false })?.mtime.getTime() !== statSync(file).mtime.getTime();
    if (changed) return nextLoad(url, context);
    return { format: 'module', source: readFileSync(stripped), shortCircuit: true };
  },
});
