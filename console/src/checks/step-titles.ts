const titles: Readonly<Record<string, string>> = {
  settings: 'Read the settings',
  resolve: 'Find the host',
  policy: 'May connect there',
  connect: 'Connect',
  ssh: 'SSH tunnel',
  tls: 'Encrypt with TLS',
  sign_in: 'Sign in',
  version: 'Server version',
  privileges: 'Privileges',
  write: 'Write and remove a test row',
};

/** The name of a step of a check for people; one that is not known here is shown by its own name. */
export function stepTitle(name: string): string {
  const words = name.replaceAll('_', ' ');
  return titles[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
