import type { Migration } from './migration.ts';

/** What a partner's customers see of it in the console. */
export const partnerBranding: Migration = {
  version: 11,
  name: 'partner branding',
  statements: () => [
    // A picture: its media type, its bytes in base64, and their hash, which names it to browsers.
    'alter table partners add column logo_type text',
    'alter table partners add column logo text',
    'alter table partners add column logo_hash text',
    'alter table partners add column return_url text',
  ],
};
