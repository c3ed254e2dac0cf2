import { readFileSync } from 'node:fs';
import { Failure } from '../errors/failure.ts';
import { nearest } from '../lib/nearest.ts';
import { type Config, clientEnvironment, type NamedOption, namedOptions, rules } from './options.ts';

export interface ConfigSources {
  /** The process environment. Only names that begin with `BACKSTITCH_` are looked at; empty values count as not given. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the command line says, by flag (`--port`). It wins over the environment. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
}

/**
 * From what was given to typed values.
 * @throws {Failure} InvalidConfiguration, one line for each problem: what is wrong, where, and what would be right.
 */
export function parseConfig({ env, flags = {} }: ConfigSources): Config {
  const problems = unknownNames(env);
  const values = namedOptions.map((option) => {
    const found = look(option, env, flags);
    if ('problem' in found) problems.push(found.problem);
    return [option.name, 'value' in found ? found.value : option.initial] as const;
  });
  const config = Object.fromEntries(values) as Config;
  if (problems.length === 0)
    problems.push(...rules.filter((rule) => !rule.holds(config)).map((rule) => rule.problem));
  if (problems.length > 0) {
    throw new Failure('InvalidConfiguration', problems.join('\n'), {
      remedy: 'All options stand in docs/configuration.md and in `backstitch serve --help`.',
      data: { problems },
    });
  }
  return config;
}

type Found = { readonly value: unknown } | { readonly problem: string } | { readonly absent: true };

function look(option: NamedOption, env: ConfigSources['env'], flags: ConfigSources['flags'] & {}): Found {
  const given = [
    { name: option.flag, text: flags[option.flag]?.trim(), file: option.secret === true },
    { name: option.env, text: env[option.env]?.trim(), file: false },
    ...(option.fileEnv === null
      ? []
      : [{ name: option.fileEnv, text: env[option.fileEnv]?.trim(), file: true }]),
  ].filter((source) => source.text !== undefined && (source.text !== '' || source.name === option.flag));
  const [first, second] = given;
  if (first === undefined) return { absent: true };
  if (second && first.name !== option.flag)
    return { problem: `${first.name} and ${second.name} are both set: keep one of them.` };
  return read(option, first.name, first.text!, first.file);
}

function read(option: NamedOption, name: string, given: string, file: boolean): Found {
  let text = given;
  if (file) {
    try {
      text = readFileSync(given, 'utf8').trim();
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
      return { problem: `${name}: the file ${given} cannot be read (${reason}).` };
    }
  }
  const value = text === '' ? undefined : option.parse(text);
  if (value !== undefined) return { value };
  const what = option.secret ? 'its value' : JSON.stringify(text);
  return { problem: `${name}${file ? ` (${given})` : ''}: ${what} cannot be used; use ${option.expected}.` };
}

function unknownNames(env: ConfigSources['env']): string[] {
  const known = [
    ...clientEnvironment,
    ...namedOptions.flatMap(({ env, fileEnv }) => (fileEnv === null ? [env] : [env, fileEnv])),
  ];
  return Object.keys(env)
    .filter((name) => /^BACKSTITCH_/i.test(name) && !known.includes(name))
    .map((name) => {
      const meant = nearest(name.toUpperCase(), known);
      return `${name} is no option of Backstitch${meant === null ? '' : `; did you mean ${meant}?`}`;
    });
}
