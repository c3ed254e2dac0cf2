import { Failure } from '../errors/failure.ts';
import { type Form, isSealed, type Properties } from '../model/form.ts';
import { formProperties } from '../model/form-properties.ts';
import { parseSecretText, secretText } from '../model/secret-text.ts';
import type { SealedSecrets } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';

/** Seals each value for the destination with that uid. */
export async function sealSecrets(
  vault: Pick<Vault, 'seal'>,
  uid: string,
  secrets: Properties,
): Promise<SealedSecrets> {
  const sealed = await Promise.all(
    Object.entries(secrets).map(async ([name, value]) => [
      name,
      await vault.seal(uid, name, secretText(value)),
    ]),
  );
  return Object.fromEntries(sealed);
}

/**
 * Clear values of those stored credentials that `wanted` accepts.
 * @throws {Failure} SecretUnreadable, unless `unreadable` says to leave such a value out.
 */
export async function openSecrets(
  vault: Pick<Vault, 'open'>,
  { uid, form, sealed }: { uid: string; form: Form; sealed: SealedSecrets },
  wanted: (name: string) => boolean,
  unreadable: 'throw' | 'leave_out',
): Promise<Properties> {
  const opened = await Promise.all(
    formProperties(form)
      .filter((property) => isSealed(property) && wanted(property.name))
      .map(async (property) => {
        const { name } = property;
        const seal = Object.hasOwn(sealed, name) ? sealed[name] : undefined;
        if (seal === undefined) return [];
        try {
          return [[name, parseSecretText(property, await vault.open(uid, name, seal))] as const];
        } catch (error) {
          if (unreadable === 'leave_out' && isUnreadable(error)) return [];
          throw error;
        }
      }),
  );
  return Object.fromEntries(opened.flat());
}

const isUnreadable = (error: unknown): boolean =>
  error instanceof Failure && error.code === 'SecretUnreadable';
