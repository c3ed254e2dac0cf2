import { defineConfig } from 'vitest/config';

/** `unit`: pure, beside their file, under 20 seconds. `server`: against real servers, in test/. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts'], env: { TZ: 'UTC' } } },
      {
        test: {
          name: 'server',
          include: ['test/**/*.test.ts'],
          env: { TZ: 'UTC' },
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
