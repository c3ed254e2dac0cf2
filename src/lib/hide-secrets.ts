/**
 * The text without the given secrets, for errors of others that may quote what they were given. The longest go first,
 * so that no secret leaves a rest because it begins like another one.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
}
