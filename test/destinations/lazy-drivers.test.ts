import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Packages that a fresh process has loaded after running a piece of code. */
async function loadedBy(code: string): Promise<string[]> {
  const script = `import { createRequire } from 'node:module';
    ${code}
    const files = Object.keys(createRequire(import.meta.url).cache);
    const names = files.map((file) => /node_modules\\/([^/]+)/.exec(file)?.[1] ?? '');
    console.log(JSON.stringify([...new Set(names)]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout);
}

test('the registry loads no driver; the first use of a type loads its own', async () => {
  const registry = `const { findType } = await import('./src/destinations/registry.ts');`;
  expect(await loadedBy(registry)).not.toContain('pg');
  const connector = await loadedBy(`${registry} await findType('postgres').connector();`);
  expect(connector).toContain('pg');
  expect(connector).not.toContain('ssh2');
  expect(connector).not.toContain('mysql2');
  expect(connector).not.toContain('@aws-sdk');
  const other = await loadedBy(`${registry} await findType('mysql_destination').connector();`);
  expect(other).toContain('mysql2');
  expect(other).not.toContain('pg');
  const store = await loadedBy(`${registry} await findType('s3').connector();`);
  expect(store).toContain('@aws-sdk');
  // Where credentials come from is looked for when a destination of the type is used.
  expect(store).not.toContain('mysql2');
});
