import { renderCli } from './cli.ts';
import { renderConfiguration } from './configuration.ts';
import { renderDestinations } from './destinations.ts';
import { renderErrors } from './errors.ts';
import { renderTroubleshooting } from './troubleshooting.ts';

/** Files that are written from the sources, by path. A test holds that they are up to date. */
export const documents: Readonly<Record<string, () => string>> = {
  'docs/cli.md': renderCli,
  'docs/configuration.md': renderConfiguration,
  'docs/destinations.md': renderDestinations,
  'docs/errors.md': renderErrors,
  'docs/troubleshooting.md': renderTroubleshooting,
};
