import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

/** Runs a tool of the project; what it found is the failure's text. */
async function findings(...command: string[]): Promise<string> {
  try {
    await promisify(execFile)(process.execPath, command, { maxBuffer: 64 * 1024 * 1024 });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

describe('the tree', () => {
  test.each(['.', 'console'])('type-checks: %s', async (project) => {
    expect(await findings('node_modules/typescript/bin/tsc', '-p', project)).toBe('');
  });

  test('keeps the style', async () => {
    expect(await findings('node_modules/@biomejs/biome/bin/biome', 'check', '.')).toBe('');
  });

  test('has nothing unused', async () => {
    expect(await findings('node_modules/knip/bin/knip.js', '--no-progress')).toBe('');
  });
});
