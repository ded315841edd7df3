// cspell:words creds hotswap
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { NotDeployableError } from './errors.ts';

/** Options of `cdk deploy` that have a value, with their short forms. Those in LISTS may be repeated. */
const VALUES: Readonly<Record<string, string>> = {
  ...{ app: 'a', build: '', 'ca-bundle-path': '', 'change-set-name': '', concurrency: '', output: 'o' },
  ...{ 'asset-build-concurrency': '', 'outputs-file': 'O', method: 'm', 'monitoring-time-minutes': '' },
  ...{ profile: '', progress: '', proxy: '', region: '', 'require-approval': '', 'role-arn': 'r' },
  ...{ 'telemetry-file': '', 'toolkit-stack-name': '', 'hotswap-ecs-minimum-healthy-percent': '' },
  ...{ 'hotswap-ecs-maximum-healthy-percent': '', 'hotswap-ecs-stabilization-timeout-seconds': '' },
};
const LISTS: Readonly<Record<string, string>> = {
  ...{ 'build-exclude': 'E', context: 'c', 'notification-arns': '', parameters: '', plugin: 'p', tags: 't' },
  ...{ 'rollback-trigger-alarm-arns': '', unstable: '' },
};
/** Those without a value, of which `--no-…` is the opposite. */
const SWITCHES: Readonly<Record<string, string>> = {
  ...{ all: '', 'asset-metadata': '', 'asset-parallelism': '', 'asset-prebuild': '', ci: '', color: '' },
  ...{ debug: '', 'debug-app': '', 'debug-cli': '', ec2creds: 'i', exclusively: 'e', execute: '' },
  ...{ express: '', force: 'f', help: 'h', hotswap: '', 'hotswap-fallback': '', 'ignore-errors': '' },
  ...{ 'ignore-no-stacks': '', 'import-existing-resources': '', logs: '', lookups: '', 'no-color': '' },
  ...{ 'no-rollback': 'R', notices: '', 'path-metadata': '', 'previous-parameters': '', 'revert-drift': '' },
  ...{ rollback: '', staging: '', strict: '', telemetry: '', trace: '', verbose: 'v', version: '' },
  ...{ 'version-reporting': '', watch: '', yes: 'y' },
};

/** Every option that {@link readOptions} knows. */
export const KNOWN: readonly string[] = [VALUES, LISTS, SWITCHES].flatMap(Object.keys);

/** What the options of `cdk deploy` say, as far as it matters to what is looked at. */
export interface CdkOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly app?: string;
  readonly method?: string;
  /** In their order, each `key=value`. */
  readonly context: readonly string[];
  readonly isYes: boolean;
  /** Only help or the version is asked for. */
  readonly isInfo: boolean;
}

/**
 * Reads the options as cdk does. What would make it deploy something else than the stage, or what it would refuse or ignore, is
 * refused before anything is looked at or changed.
 *
 * @throws NotDeployableError
 */
export function readOptions(args: readonly string[]): CdkOptions {
  const values = new Map<string, string>();
  const context: string[] = [];
  const on = new Set<string>();
  let asked: string | undefined;
  for (const token of tokensOf(args)) {
    const before = asked;
    asked = undefined;
    if (token.kind === 'positional') {
      // cdk takes these after a switch for its value.
      if (before === undefined || !['true', 'false'].includes(token.value)) throw unexpected(token.value);
      if (token.value === 'false') on.delete(before);
      continue;
    }
    if (token.kind === 'option-terminator') continue;
    const { name, rawName } = token;
    if (isOf(SWITCHES, name) || isOf(SWITCHES, name.replace(/^no-/, ''))) {
      if (token.value === 'false') on.delete(name);
      else on.add(name);
      if (token.value === undefined) asked = name;
      continue;
    }
    if (!isOf(VALUES, name) && !isOf(LISTS, name)) throw unknown(rawName);
    const value = textOf(token);
    if (name === 'context') context.push(value);
    if (isOf(LISTS, name)) continue;
    if (values.has(name)) throw new NotDeployableError(`${rawName} is given twice`, { next: 'give it once' });
    values.set(name, value);
  }
  if (on.has('all')) throw unexpected('--all');
  const isYes = on.has('yes') && !on.has('no-yes');
  const isInfo = on.has('help') || on.has('version');
  return { ...Object.fromEntries(values), context, isYes, isInfo };
}

const isOf = (names: Readonly<Record<string, string>>, name: string): boolean => Object.hasOwn(names, name);

function tokensOf(args: readonly string[]) {
  const typed = (names: Readonly<Record<string, string>>, type: 'string' | 'boolean') =>
    Object.entries(names).map(([name, short]) => [name, { type, multiple: true, ...(short && { short }) }]);
  const options: ParseArgsConfig['options'] = Object.fromEntries([
    ...typed(VALUES, 'string'),
    ...typed(LISTS, 'string'),
    ...typed(SWITCHES, 'boolean'),
  ]);
  return parseArgs({
    args: args.map(inKebabCase),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

/** cdk takes `--roleArn` for `--role-arn`. */
const inKebabCase = (arg: string): string =>
  arg.replace(/^--[a-z][a-zA-Z]*/, (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));

function textOf({
  rawName,
  value,
  inlineValue,
}: {
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}): string {
  if (!value || (!inlineValue && value.startsWith('-')))
    throw new NotDeployableError(`${rawName} has no value`, { next: 'give it one' });
  // `-c=key=value` is `-c key=value`.
  return rawName.startsWith('--') ? value : value.replace(/^=/, '');
}

const unexpected = (word: string) =>
  new NotDeployableError(`"${word}" is not expected: one stage is deployed at a time`, {
    next: 'leave it out; npx cdk deploy deploys other stacks, and looks at nothing first',
  });

const unknown = (option: string) =>
  new NotDeployableError(`cdk deploy has no option ${option}`, {
    next: 'npx cdk deploy --help shows those that it has',
  });
