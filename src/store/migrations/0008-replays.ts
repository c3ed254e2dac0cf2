import type { Migration } from './migration.ts';

/** Batches that are loaded once more, into a destination that somebody names. */
export const replays: Migration = {
  version: 8,
  name: 'replays',
  statements: ({ integer }) => [
    // A replay is a source that nobody sends to: it has the name of the one that it repeats, and leads elsewhere.
    `alter table sources add column replay_of ${integer} references sources (id)`,
    'drop index sources_name',
    'create unique index sources_name on sources (account_id, name) where deleted_at is null and replay_of is null',
    'create index sources_replay on sources (replay_of, id) where replay_of is not null',

    // The lane that it repeats; null for all others.
    `alter table lanes add column origin_id ${integer} references lanes (id)`,
    'create index lanes_origin on lanes (origin_id) where origin_id is not null',
    // When the newest batch came whose payload was dropped; null: none was since this is kept.
    `alter table lanes add column forgotten_until ${integer}`,

    // The batch whose payload is read; null: its own.
    'alter table batches add column origin text',
    'create index batches_origin on batches (origin) where origin is not null',
  ],
};
