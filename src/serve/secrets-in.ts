import { type Config, namedOptions } from '../config/options.ts';
import type { CloudEnvironment } from '../destinations/destination.ts';

/** Every secret of a configuration and of the environment beside it, as it may turn up in a text: a database's URL by its password alone. */
export function secretsIn(config: Config, cloud: CloudEnvironment = {}): readonly string[] {
  const configured = namedOptions
    .filter((option) => option.secret)
    .map(({ name }) => config[name])
    .filter((value) => typeof value === 'string')
    .flatMap((value) =>
      URL.canParse(value) ? passwordsOf(new URL(value)) : value === 'sqlite' ? [] : [value],
    );
  const keys = [cloud.AWS_SECRET_ACCESS_KEY, cloud.AWS_SESSION_TOKEN].filter((value) => value !== undefined);
  return [...configured, ...keys.filter((value) => value !== '')];
}

/** The variables by which clouds are told to their clients. */
export const cloudEnvironment = (env: Readonly<Record<string, string | undefined>>): CloudEnvironment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AWS_')));

function passwordsOf({ password }: URL): string[] {
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
