import { type StdioOptions, spawn, spawnSync } from 'node:child_process';
import { devNull, tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

/** Why a bundle cannot be loaded. */
export interface LoadFailure {
  readonly name: string;
  /** One line. */
  readonly message: string;
  readonly stack: string;
}

/** Where nothing listens: nothing may be awaited from outside while a function is loaded. */
const NOWHERE = 'http://127.0.0.1:1';

/** Longer than Lambda waits, as this machine may be busy. */
const TIMEOUT_MS = 60_000;

/** What the loader writes at the end: rules may end the process as well. */
const LOADED = 'loaded';

/** Exit code where a module awaits what nothing will settle. */
const UNSETTLED = 13;

/** Imports the bundle that is its first argument, and writes what goes wrong to a stream of its own. */
const LOADER = `
import { writeSync } from 'node:fs';
const fail = (error) => {
  const { name, message, stack, cause } = error instanceof Error ? error : new Error(String(error));
  const outside = (cause ?? error)?.code === 'ECONNREFUSED' ? '; nothing can be reached while loading' : '';
  writeSync(3, JSON.stringify({ name, message: message.split('\\n')[0] + outside, stack: String(stack) }));
  process.exit(1);
};
process.on('uncaughtException', fail).on('unhandledRejection', fail);
process.exitCode = ${UNSETTLED};
import(process.argv[1]).then(({ handler, checkSettings }) => {
  if (typeof handler !== 'function') fail(new Error('it exports no handler'));
  checkSettings?.();
  writeSync(3, '${LOADED}');
  process.exit(0);
}, fail);
`;

/**
 * Imports a bundle once, in a process of its own, as Lambda does before the first invocation.
 *
 * @param file Absolute path of the bundle.
 * @param variables The environment in the template.
 * @returns Undefined if it can be loaded.
 */
export function loadBundle(file: string, variables: Variables): LoadFailure | undefined {
  const { status, output, error } = spawnSync(process.execPath, argumentsFor(file), {
    ...optionsFor(file, variables),
    encoding: 'utf8',
  });
  return failureOf({ status, said: output?.[3] ?? '', error });
}

/** The same, while other things go on. */
export async function loadBundleAside(file: string, variables: Variables): Promise<LoadFailure | undefined> {
  const child = spawn(process.execPath, argumentsFor(file), optionsFor(file, variables));
  let said = '';
  const pipe = child.stdio[3] as Readable;
  pipe.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [status, error] = await new Promise<[number | null, Error?]>((resolve) => {
    child.once('error', (cause) => resolve([null, cause])).once('close', (code) => resolve([code]));
  });
  return failureOf({ status, said, error });
}

type Variables = Readonly<Record<string, string>>;

const argumentsFor = (file: string): string[] => [
  ...['--enable-source-maps', '--input-type=module', '--eval', LOADER],
  pathToFileURL(file).href,
];

const optionsFor = (file: string, variables: Variables) => ({
  cwd: dirname(file),
  env: environmentOf(file, variables),
  stdio: ['ignore', 'ignore', 'ignore', 'pipe'] satisfies StdioOptions,
  timeout: TIMEOUT_MS,
});

function failureOf(end: {
  status: number | null;
  said: string;
  error: Error | undefined;
}): LoadFailure | undefined {
  const { status, said, error } = end;
  if (said === LOADED) return undefined;
  if (said !== '') return JSON.parse(said);
  const isEndless = status === null || status === UNSETTLED;
  const message = isEndless ? 'loading it never ends; nothing may be awaited from outside' : undefined;
  return {
    name: 'Error',
    message: message ?? error?.message ?? `loading it ends the process with status ${status}`,
    stack: '',
  };
}

/** As in Lambda, nothing of the environment of the person who synthesizes, and no way out. */
const environmentOf = (file: string, variables: Variables): NodeJS.ProcessEnv => ({
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  ...variables,
  ...('CYBERDESK_API_URL' in variables && { CYBERDESK_API_URL: NOWHERE }),
  NODE_OPTIONS: '',
  AWS_ENDPOINT_URL: NOWHERE,
  AWS_ACCESS_KEY_ID: 'synthesis',
  AWS_SECRET_ACCESS_KEY: 'synthesis',
  AWS_SESSION_TOKEN: 'synthesis',
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  NODE_USE_ENV_PROXY: '1',
  HTTP_PROXY: NOWHERE,
  HTTPS_PROXY: NOWHERE,
  LAMBDA_TASK_ROOT: dirname(file),
  HOME: tmpdir(),
  TMPDIR: tmpdir(),
  PATH: dirname(process.execPath),
  // Windows starts no process without it.
  ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
});
