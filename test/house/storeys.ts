import type { Import, Source } from './source.ts';

/** The rooms of `lambda/core`, from the bottom up: a room imports from itself and from earlier ones only. */
export const ROOMS = [
  'model',
  'store',
  'authenticate',
  'receive',
  'pause',
  'completion',
  'plan',
  'act',
  'process',
  'sweep',
];

/** What each folder at the root may import, beside itself. Tests may import everything. */
export const BELOW: Readonly<Record<string, readonly string[]>> = {
  // The processor runs the customer's rules, which it knows by the alias alone.
  lambda: ['follow-ups.ts'],
  'follow-ups.ts': ['lambda'],
  // The customer's handlers, which the stack bundles by their path.
  handlers: ['lambda'],
  lib: ['lambda'],
  'stages.ts': ['lib'],
  // As a customer writes them.
  examples: ['lambda', 'lib'],
  'infrastructure.ts': ['lib'],
  ops: ['lambda', 'lib', 'bin/with-node.mjs'],
  local: ['lambda', 'lib', 'ops', 'bin/with-node.mjs'],
  bin: ['lambda', 'lib', 'ops', 'local', 'stages.ts', 'infrastructure.ts', 'bin/with-node.mjs'],
  bench: ['lambda', 'lib', 'ops', 'local'],
  // Starts an entry point with a suitable Node.js: it must run in any, so it imports nothing.
  'bin/with-node.mjs': [],
};

/** The place of a file in that order: a file with an entry of its own, or the folder at the root. */
export const placeOf = (path: string): string => (path in BELOW ? path : path.replace(/\/.*/, ''));

/** The folders of `lambda`, and what each may import beside itself. */
export const LAMBDA_BELOW: Readonly<Record<string, readonly string[]>> = {
  json: [],
  cyberdesk: ['json'],
  rules: ['json', 'cyberdesk'],
  core: ['json', 'cyberdesk', 'rules'],
  environment: ['core'],
  testing: ['rules', 'core'],
  sdk: ['core'],
  adapters: ['cyberdesk', 'core', 'environment'],
  verifier: ['core', 'environment', 'adapters'],
  processor: ['cyberdesk', 'rules', 'core', 'environment', 'adapters'],
  sweeper: ['core', 'environment', 'adapters'],
  delivery: ['json', 'cyberdesk', 'rules', 'core', 'adapters'],
};

/** The tools, from the bottom up: each folder or file imports from itself and from earlier ones only. */
export const TOOLS: Readonly<Record<string, readonly string[]>> = {
  ops: [
    ...['errors.ts', 'json.ts', 'stage', 'cli', 'audit', 'http'],
    ...['events', 'queues', 'dlq', 'logs', 'send', 'listen', 'secrets', 'reconcile', 'restore', 'workflows'],
    ...['verify-api', 'doctor'],
    ...['types', 'rules'],
    ...['cost', 'destroy', 'completion', 'console', 'mcp', 'main.ts', 'cyberdesk-webhooks.mjs'],
  ],
  local: [
    ...[
      'errors.ts',
      'state',
      'template',
      'faults',
      'cyberdesk-api',
      'emulators',
      'options.ts',
      'cyberdesk.ts',
    ],
    ...['front', 'sandbox', 'reload', 'event-source', 'http', 'running.ts', 'control', 'assemble'],
    ...['run.ts', 'command', 'start.mjs'],
  ],
};

export interface Violation {
  /** File and line of the import. */
  readonly from: string;
  readonly target: string;
  readonly why: string;
}

/** Imports that point up, past the one way into a room, or out of what has to stay pure. */
export const findViolations = (sources: readonly Source[]): Violation[] =>
  sources
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, imports, packages }) => [
      ...imports.flatMap((each) => violation(path, each.line, each.target, faultOf(path, each))),
      ...packages.flatMap(({ name, line }) => violation(path, line, name, packageFault(path, name))),
    ]);

const violation = (path: string, line: number, target: string, why: string | undefined): Violation[] =>
  why === undefined ? [] : [{ from: `${path}:${line}`, target, why }];

/** Tests may reach into everything: those of the folder, and those beside the customer's files. */
const isTest = (path: string): boolean => path.startsWith('test/') || path.endsWith('.test.ts');

const faultOf = (from: string, { target, alias }: Import): string | undefined =>
  folderFault(from, target) ?? rulesFault(from, target, alias) ?? roomFault(from, target);

/** The ways between the product and the customer's rules, one in each direction; and handlers are not libraries. */
function rulesFault(from: string, target: string, alias: string | undefined): string | undefined {
  if (from === RULES && target !== 'lambda/rules/index.ts')
    return `${RULES} may import lambda/rules/index.ts only`;
  if (target === RULES && from.startsWith('lambda/')) {
    if (!from.startsWith('lambda/processor/')) return `only lambda/processor may import ${RULES}`;
    if (alias === undefined) return `the way to ${RULES} is its alias`;
  }
  return /^lambda\/\w+\/handler\.ts$/.test(target)
    ? `${target} is an entry point, which nothing imports`
    : undefined;
}

const RULES = 'follow-ups.ts';

/** Parts of `lambda` that are pure: they know AWS by the ports of the core only. */
const PURE = /^lambda\/(core|rules)\//;

const AWS = /^(@aws-sdk|@aws-lambda-powertools|@smithy)\//;

const packageFault = (from: string, name: string): string | undefined =>
  PURE.test(from) && AWS.test(name) ? `${placeIn(from)} may not import ${name}` : undefined;

const placeIn = (path: string): string => path.split('/').slice(0, 2).join('/');

function folderFault(from: string, target: string): string | undefined {
  const [source, destination] = [placeOf(from), placeOf(target)];
  if (source !== destination) return mayNot(BELOW, source, destination);
  const [, below = ''] = from.split('/');
  const [, inside = ''] = target.split('/');
  if (below === inside) return undefined;
  return source === 'lambda' ? mayNot(LAMBDA_BELOW, below, inside) : toolFault(source, below, inside);
}

function toolFault(folder: string, from: string, target: string): string | undefined {
  const order = TOOLS[folder] ?? [];
  return order.indexOf(target) > order.indexOf(from) ? `${folder}/${target} is above ${from}` : undefined;
}

const mayNot = (allowed: typeof BELOW, from: string, target: string): string | undefined =>
  allowed[from]?.includes(target) ? undefined : `${from} may not import ${target}`;

function roomFault(from: string, target: string): string | undefined {
  const [source, destination] = [roomOf(from), roomOf(target)];
  if (destination === undefined || source === destination) return undefined;
  if (ROOMS.indexOf(destination) > ROOMS.indexOf(source ?? '') && source !== undefined) {
    return `the room ${destination} is above ${source}`;
  }
  return target === `lambda/core/${destination}/index.ts`
    ? undefined
    : `the way into the room ${destination} is its index.ts`;
}

/** The room of a file; a file of `lambda/core` that is in none is a room of that name, which the tests refuse. */
export const roomOf = (path: string): string | undefined => /^lambda\/core\/([^/]+)/.exec(path)?.[1];
