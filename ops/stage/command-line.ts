/** Which stage a call is for, as its caller named it. */
export interface Target {
  /** `local`, `dev`, `prod`, or another stage of the app. */
  stage: string;
  region?: string | undefined;
  profile?: string | undefined;
  /** The part between the app's name and the stage's. */
  name?: string | undefined;
  /** Port of the local run, unless it is the default one. */
  port?: string | undefined;
}

/**
 * Options by their camel-case names: `includeDisabled` is `--include-disabled`. Undefined and false are left out, and a
 * list repeats its option.
 */
export type Flags = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** How people call this command: it is a dependency of their project, not on their PATH. */
export const PROGRAM = 'npx --no cyberdesk-webhooks';

/** Verbs that have verbs of their own. */
export const GROUPS = ['secret', 'api-key', 'events', 'dlq', 'audit', 'workflows', 'rules'] as const;
/** Options without a value, where a text may go on after them. */
const SWITCHES = ['all', 'apply', 'stuck', 'skip', 'start-again', 'json'];
/** What is quoted, and a word with a digit: a text goes on in words without. */
const ARGUMENT = String.raw`(?:'[^']*'|(?=\S*\d)[\w+=:./-]*\w)`;
const OPTION = String.raw`--(?:(?:${SWITCHES.join('|')})(?![\w-])|[a-z-]+ (?:'[^']*'|(?!-)[\w+=:./-]*\w)|[a-z-]+(?= --))`;

/** Finds what {@link commandLine} has made within a text, and nothing of the text around it. */
export const COMMAND = new RegExp(
  String.raw`${PROGRAM}(?: (?:${GROUPS.join('|')}) [a-z-]+| [a-z][a-z-]*)(?: ${ARGUMENT})*(?: ${OPTION})*(?: -- \S*\w)?`,
);

export const defaultStage = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment.CYBERDESK_WEBHOOKS_STAGE || 'local';

/** Where `npm start` serves unless `PORT` says otherwise. */
export const LOCAL_PORT = '8787';

export function localTarget(url: string): Target {
  const { port } = new URL(url);
  return { stage: 'local', ...(port !== LOCAL_PORT && { port }) };
}

export const targetOf = ({ stage, region, profile, name }: Target): Target => ({
  stage,
  region,
  profile,
  name,
});

/** The stage that was typed: `local:9000` is the local run on another port. */
export function readStage(stage: string): Pick<Target, 'stage' | 'port'> {
  const [, port] = /^local:(\d{1,5})$/.exec(stage) ?? [];
  return port === undefined ? { stage } : { stage: 'local', port };
}

/** This command as it can be typed, for the same stage, quoted for a shell; `words` as in `['dlq', 'list']`. */
export function commandLine(target: Target, words: readonly string[], flags: Flags = {}): string {
  const { stage, region, profile, name, port } = target;
  const named = port === undefined ? stage : `${stage}:${port}`;
  const isDefault = named === 'local' && defaultStage() === 'local';
  const where = { stage: isDefault ? undefined : named, region, profile, name };
  // An event id may be "-x": after "--" nothing is read as an option.
  const dash = words.findIndex((word) => word.startsWith('-'));
  const plain = dash < 0 ? words : words.slice(0, dash);
  const last = dash < 0 ? [] : ['--', ...words.slice(dash)];
  const options = [...written(flags), ...written(where)];
  return [PROGRAM, ...plain.map(quoted), ...options, ...last.map(quoted)].join(' ');
}

function* written(flags: Flags): Generator<string> {
  for (const [key, value] of Object.entries(flags)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || one === false) continue;
      yield `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      if (one !== true) yield quoted(String(one));
    }
  }
}

/**
 * One word for the shell, quoted only if it needs to be. Single quotes mean the same in POSIX shells and in PowerShell. One
 * inside does not: it is written as the shell of this system wants it.
 */
function quoted(word: string): string {
  // Without "," and "@", which PowerShell reads as a list and as the parts of a variable.
  if (/^[\w+=:./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", process.platform === 'win32' ? "''" : "'\\''")}'`;
}
