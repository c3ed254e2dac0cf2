import type { Installation } from '../cli/installation.ts';
import { openApiInProcess } from './api-in-process.ts';
import { openParts, type PartsOptions } from './open-parts.ts';

export interface InstallationOptions extends Omit<PartsOptions, 'as'> {
  /** Of the program. */
  readonly version: string;
}

/** Opens an installation for a command, beside a server that may be running on it. @throws {Failure} as openParts. */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const parts = await openParts({ ...options, as: 'command' });
  return { ...parts, answer: async (accountId) => await openApiInProcess({ ...options, parts, accountId }) };
}
