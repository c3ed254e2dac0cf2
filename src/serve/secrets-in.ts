import { type Config, namedOptions } from '../config/options.ts';

/** Every secret of a configuration, as it may turn up in a text: a database's URL by its password alone. */
export function secretsIn(config: Config): readonly string[] {
  return namedOptions
    .filter((option) => option.secret)
    .map(({ name }) => config[name])
    .filter((value) => typeof value === 'string')
    .flatMap((value) =>
      URL.canParse(value) ? passwordsOf(new URL(value)) : value === 'sqlite' ? [] : [value],
    );
}

function passwordsOf({ password }: URL): string[] {
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
