import type { Destination } from '../model/destination.ts';
import { isSealed, type Properties } from '../model/form.ts';
import { formProperties } from '../model/form-properties.ts';
import { parseSecretText } from '../model/secret-text.ts';
import type { DestinationType } from './destination.ts';

/** What opens sealed credentials; the store's vault is one. */
export interface CredentialOpener {
  /** @throws {Failure} SecretUnreadable. */
  open(uid: string, property: string, sealed: string): Promise<string>;
}

/** All properties of a stored destination, credentials in clear. @throws {Failure} SecretUnreadable. */
export async function openProperties(
  vault: CredentialOpener,
  { form }: DestinationType,
  { uid, properties }: Destination,
  sealed: Readonly<Record<string, string>>,
): Promise<Properties> {
  const stored = formProperties(form).filter(
    (property) => isSealed(property) && Object.hasOwn(sealed, property.name),
  );
  const opened = await Promise.all(
    stored.map(async (property) => {
      const text = await vault.open(uid, property.name, sealed[property.name] ?? '');
      return [property.name, parseSecretText(property, text)] as const;
    }),
  );
  return { ...properties, ...Object.fromEntries(opened) };
}
