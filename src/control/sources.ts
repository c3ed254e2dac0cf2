import { Failure } from '../errors/failure.ts';
import type { Source } from '../model/source.ts';
import { deriveSourceName, isSourceName } from '../model/source-name.ts';
import { mergeSourceProperties } from '../model/source-properties.ts';
import { importApi, isUnavailableSourceType } from '../model/source-type.ts';
import type { Store } from '../store/store.ts';
import type { GivenProperties, Sources } from './control.ts';
import { formText } from './form-text.ts';
import { invalidProperties } from './invalid-properties.ts';
import { givenToken, newToken } from './new-token.ts';

export interface SourcesParts {
  readonly store: Pick<Store, 'sources' | 'destinations' | 'tokens'>;
}

/** The rules of sources over the store. */
export function createSources({ store }: SourcesParts): Sources {
  /** A source that is not deleted. @throws {Failure} InvalidId */
  async function find(accountId: number, id: number): Promise<Source> {
    const source = await store.sources.get(accountId, id);
    if (source === null || source.deletedAt !== null) throw noSuchSource(id);
    return source;
  }

  async function checkDestination(accountId: number, id: number | null | undefined): Promise<void> {
    if (typeof id !== 'number' || (await store.destinations.get(accountId, id)) !== null) return;
    throw new Failure('InvalidId', `destination not found (${id})`, {
      remedy: 'GET /v4/destinations lists those of the account.',
    });
  }

  const activeTokens = async (accountId: number, sourceId: number): Promise<number[]> =>
    (await store.tokens.listImport(accountId, sourceId)).map(({ id }) => id);

  return {
    async create({ accountId }, request) {
      const { id = null, type, displayName, properties, destinationId, pausedAt } = request;
      checkType(type);
      const name =
        request.name === undefined ? nameFrom(displayName) : checkedName(displayName, request.name);
      const merged = mergedOrThrow({}, properties ?? {});
      await checkDestination(accountId, destinationId);
      try {
        return await store.sources.create({
          accountId,
          id,
          type,
          displayName,
          name,
          properties: merged,
          destinationId: destinationId ?? null,
          unmapped: destinationId === null,
          ...(pausedAt !== undefined && { pausedAt }),
        });
      } catch (error) {
        if (!(error instanceof Failure && error.code === 'InvalidName')) throw error;
        const list = await store.sources.list(accountId);
        const isSame = list.some((source) => source.deletedAt === null && source.displayName === displayName);
        throw nameIsTaken(displayName, name, isSame);
      }
    },

    async update({ accountId }, id, { properties, ...changes }) {
      const { displayName, destinationId } = changes;
      const source = await find(accountId, id);
      if (displayName !== undefined) checkDisplayName(displayName);
      const merged = properties && mergedOrThrow(source.properties, properties);
      await checkDestination(accountId, destinationId);
      const updated = await store.sources.update({
        accountId,
        id,
        ...changes,
        ...(merged && { properties: merged }),
      });
      if (updated === null) throw noSuchSource(id);
      return updated;
    },

    async delete({ accountId }, id) {
      const deleted = await store.sources.delete(accountId, id);
      if (deleted === null) throw noSuchSource(id);
      return deleted;
    },

    async issueToken({ accountId }, id, given) {
      await find(accountId, id);
      const { value, stored } = newToken({ kind: 'import', value: given }, givenToken);
      if (given !== undefined && (await store.tokens.find(stored.hash)) !== null)
        throw new Failure('InvalidForm', 'The import token is in use already, by this source or another.', {
          data: { errors: { token: 'taken' } },
        });
      try {
        const token = await store.tokens.createImport(accountId, id, stored);
        return { id: token.id, value };
      } catch (error) {
        const isFull = (await activeTokens(accountId, id)).length >= mostTokens;
        throw given === undefined || isFull ? tokenFailure(error, id) : error;
      }
    },

    async tokens({ accountId }, id) {
      await find(accountId, id);
      return await activeTokens(accountId, id);
    },

    async revokeToken({ accountId }, id, tokenId) {
      const source = await find(accountId, id);
      const isOwn = (await activeTokens(accountId, id)).includes(tokenId);
      if (!isOwn || !(await store.tokens.revoke(accountId, tokenId)))
        throw new Failure('InvalidId', `token not found (${tokenId})`, {
          remedy: `GET /v4/sources/${id}/tokens lists those of the source.`,
        });
      return source;
    },
  };
}

const mostTokens = 2;

/** What the store says when a source has no room for another token, or is gone by now, in the words of the call. */
function tokenFailure(error: unknown, id: number): unknown {
  if (!(error instanceof Failure)) return error;
  if (error.code === 'InvalidId') return noSuchSource(id);
  // The value is random: that another token has it already cannot be why.
  if (error.code !== 'InvalidForm') return error;
  return new Failure('TokenLimit', 'a source can have at most two active access tokens', {
    remedy: `Revoke one first: DELETE /v4/sources/${id}/tokens/{token_id}.`,
    cause: error,
  });
}

/** The same for an id that is no number, unknown, deleted, or another account's. */
export const noSuchSource = (id: number | string): Failure =>
  new Failure('InvalidId', `source not found (${id})`, {
    remedy: 'GET /v4/sources lists those of the account.',
  });

/** @throws {Failure} InvalidType, AccessDenied for one that only the original has. */
export function checkType(type: string): void {
  if (type === importApi) return;
  const remedy = `The one type of this build is ${importApi}: a program of yours sends the records.`;
  throw isUnavailableSourceType(type)
    ? new Failure('AccessDenied', `you do not have access to source type (${type})`, { remedy })
    : new Failure('InvalidType', `invalid source type (${type})`, { remedy });
}

/** @throws {Failure} InvalidDisplayName */
function checkDisplayName(displayName: string): void {
  if (formText(displayName) === null) return;
  throw new Failure('InvalidDisplayName', `invalid display_name (${displayName})`, {
    remedy: 'It has 1 to 255 characters, none of them a control character.',
  });
}

/** @throws {Failure} InvalidDisplayName, InvalidName. */
function nameFrom(displayName: string): string {
  checkDisplayName(displayName);
  const name = deriveSourceName(displayName);
  if (name === '')
    throw new Failure(
      'InvalidDisplayName',
      `invalid name after deriving it from display_name (${displayName} -> ${name})`,
      { remedy: 'Give it at least one letter from a to z.' },
    );
  if (isSourceName(name)) return name;
  throw new Failure(
    'InvalidName',
    'The name field must be under 50 characters, and can only contain lowercase letters, numbers, underscores, or dollar signs. It must begin with a letter or an underscore.',
    { remedy: `The display_name leads to the name ${name}.` },
  );
}

/** A name that the schema has already. @throws {Failure} InvalidDisplayName, InvalidName. */
function checkedName(displayName: string, name: string): string {
  checkDisplayName(displayName);
  if (isSourceName(name)) return name;
  throw new Failure('InvalidName', `The name ${name} is none that a source can have.`, {
    remedy:
      'It has under 50 lower-case letters, digits, underscores and dollar signs, and begins with a letter or an underscore.',
  });
}

const nameIsTaken = (displayName: string, name: string, isSame: boolean): Failure =>
  new Failure(
    'InvalidName',
    isSame
      ? `non-unique name (${name})`
      : `non-unique name after deriving it from display_name (${displayName} -> ${name})`,
    { remedy: 'Another source of the account has it. Choose another display_name.' },
  );

/** @throws {Failure} InvalidProperties */
function mergedOrThrow(stored: Source['properties'], given: GivenProperties): Source['properties'] {
  const { properties, bad } = mergeSourceProperties(stored, given);
  if (bad.length > 0) throw invalidProperties(importApi, bad, []);
  return properties;
}
