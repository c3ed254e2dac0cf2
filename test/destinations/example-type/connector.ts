import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Connector } from '../../../src/destinations/destination.ts';
import { findingMaker, StepFailure } from '../../../src/destinations/finding.ts';
import { runSteps } from '../../../src/destinations/steps.ts';
import { Failure } from '../../../src/errors/failure.ts';
import { openFolder } from './session.ts';

export interface FolderSettings {
  readonly folder: string;
}

const finding = findingMaker({
  folder_unusable: {
    when: 'The folder does not exist, or files cannot be written into it.',
    message: ({ folder }: FolderSettings) => `No file can be written into ${folder}.`,
    remedy: ({ folder }: FolderSettings) =>
      `Make the folder, and let the server write into it: mkdir -p ${folder}`,
  },
});

export const exampleConnector: Connector<FolderSettings> = {
  capabilities: {
    sshTunnel: false,
    tls: 'none',
    schemas: false,
    tables: [
      {
        format: null,
        upsert: false,
        nesting: 'native',
        columns: 'none',
        split: 'none',
        ddl: 'none',
        lowerVersions: 'kept',
        recall: true,
        names: { characters: 'any', case: 'keep', unit: 'characters', table: 200, column: 200, longest: 200 },
        maxColumns: null,
        nulInText: true,
      },
    ],
  },

  resolve({ folder }) {
    if (typeof folder === 'string' && path.isAbsolute(folder)) return { folder };
    throw new Failure('InvalidProperties', 'The property folder is no absolute path.', {
      remedy: 'Update the destination with the path of a folder.',
      data: { bad_properties: ['folder'] },
    });
  },

  check: ({ folder }, context) =>
    runSteps(
      context,
      [
        ['settings', 1_000],
        ['write', 5_000],
      ],
      async (step) => {
        const timedOut = () => finding('folder_unusable', { folder });
        await step('settings', {
          timedOut,
          run: async ({ signal, passed }) => {
            signal.throwIfAborted();
            passed(`Files go into ${folder}.`);
          },
        });
        await step('write', {
          timedOut,
          run: async ({ signal, passed }) => {
            const trial = await mkdtemp(path.join(folder, '.check-')).catch((error: unknown) => {
              throw new StepFailure(finding('folder_unusable', { folder }), error);
            });
            try {
              const file = path.join(trial, 'line');
              await writeFile(file, '{}\n', { signal });
              await readFile(file, { signal });
            } finally {
              await rm(trial, { recursive: true });
            }
            passed('Wrote a file, read it, and removed it.');
          },
        });
      },
    ),

  async open({ folder }) {
    await access(folder, constants.W_OK);
    return openFolder(folder);
  },
};
