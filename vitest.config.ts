import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { strippedSources } from './test/support/strip-sources.ts';

/**
 * `unit`: pure, beside their file, under 20 seconds. `repository`: what the layout promises, about the files
 * themselves. `server`: against real servers, in test/.
 */
export default defineConfig({
  test: {
    // The default leaves one core free, which on two halves the speed of tests that mostly wait for servers.
    maxWorkers: '100%',
    reporters: ['./test/support/reporter.ts', 'default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'client/src/**/*.test.ts', 'console/src/**/*.test.ts'],
          env: { TZ: 'UTC' },
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'repository',
          include: ['test/repository/**/*.test.ts'],
          env: { TZ: 'UTC' },
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'server',
          // Which `imports` of package.json leads there, vite does not see.
          alias: { '#client': fileURLToPath(new URL('client/src/index.ts', import.meta.url)) },
          include: ['test/**/*.test.ts', 'client/test/**/*.test.ts'],
          exclude: ['test/repository/**'],
          env: { TZ: 'UTC' },
          globalSetup: ['test/support/global-setup.ts'],
          execArgv: strippedSources,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
