import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SynthError } from '../errors.ts';
import { mainComplaint } from './complaint.ts';
import { changedBetween, hashOf, type Inputs, readInputs } from './inputs.ts';
import { type Claim, KeptAssemblies } from './kept-assemblies.ts';

/** Absolute path of the project, without a trailing slash. */
export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
/**
 * Assemblies are kept next to `cdk.out`, at the same depth: esbuild writes relative paths into the source maps, so
 * asset hashes would otherwise differ from those of `cdk synth`.
 */
const PREFIX = '.local.';

export interface SynthOptions {
  /** Absolute path of the file that synthesizes. @default the command in `cdk.json` */
  readonly app?: string | undefined;
  /** Receives what is going on. */
  readonly say?: ((line: string) => void) | undefined;
  /** That the app is synthesized has been said. @default false */
  readonly isSaid?: boolean;
}

/** A cloud assembly, in use until it is released. */
export interface Synthesized extends Claim {
  /** Absolute path. */
  readonly directory: string;
  /** Whether it comes from an earlier synthesis of the same inputs. */
  readonly cached: boolean;
  /** What it is made from. */
  readonly inputs: Inputs;
}

/** An app whose inputs are edited while it runs is run again; one that writes its own inputs would go on forever. */
const ATTEMPTS = 3;

/**
 * Synthesizes the app, bundling only the stage's stack, or reuses an earlier result for the same inputs. Whatever is edited
 * meanwhile is taken up, so that a result belongs to the inputs under whose hash it is found.
 *
 * @throws SynthError with the app's main error line
 */
export async function synthesize(root: string, stage: string, options: SynthOptions): Promise<Synthesized> {
  const folder = options.app && dirname(options.app);
  const first = await readInputs(root, folder);
  let inputs = first;
  for (let attempt = 1; ; attempt += 1) {
    const name = `${PREFIX}${stage}.${hashOf(inputs, stage)}`;
    const found = new KeptAssemblies(root, PREFIX).claim(name);
    if (found) return { ...found, directory: join(root, name), cached: true, inputs };
    if (attempt > 1) options.say?.('Synthesizing once more, as something has changed meanwhile');
    else if (!options.isSaid) options.say?.('Synthesizing, as something has changed');
    const draft = await makeDraft(root);
    try {
      const failure = await runApp(root, stage, draft, options.app).catch((error: unknown) => error);
      const now = await readInputs(root, folder);
      const isEdited = changedBetween(inputs, now).length > 0;
      if (!isEdited || attempt === ATTEMPTS) {
        if (failure !== undefined) throw withEdits(failure, first, now);
        return { ...(await publish(root, draft, isEdited ? `${name}.${randomUUID()}` : name)), inputs };
      }
      inputs = now;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
}

async function makeDraft(root: string): Promise<string> {
  const draft = await mkdtemp(join(root, `${PREFIX}draft.`));
  // A draft whose process is alive is not removed.
  await writeFile(join(draft, `used-by.${process.pid}.draft`), '');
  return draft;
}

async function publish(root: string, draft: string, name: string): Promise<Omit<Synthesized, 'inputs'>> {
  await rm(join(draft, `used-by.${process.pid}.draft`));
  // As in Lambda, no package.json decides that `index.js` of a customer's function is an ES module; here, ours would.
  await writeFile(join(draft, 'package.json'), '{}');
  const claim = new KeptAssemblies(root, PREFIX).publish(draft, name);
  return { ...claim, directory: join(root, name), cached: false };
}

function withEdits(failure: unknown, before: Inputs, now: Inputs): unknown {
  if (failure instanceof SynthError && changedBetween(before, now).length > 0) failure.edited = now;
  return failure;
}

async function runApp(root: string, stage: string, outDir: string, app?: string): Promise<void> {
  const cdk: { app?: string; context?: object } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
  const command = app === undefined ? cdk.app : `node "${app}"`;
  if (!command) throw new SynthError('cdk.json has no "app"', { next: 'add the command that synthesizes' });
  const context = {
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    ...cdk.context,
    'aws:cdk:bundling-stacks': [`*-${stage}`, `**/*-${stage}`],
  };
  const {
    CDK_DEFAULT_ACCOUNT: _account,
    CDK_DEFAULT_REGION: _region,
    NODE_OPTIONS: _options,
    ...inherited
  } = process.env;
  const path = [dirname(process.execPath), join(root, 'node_modules', '.bin'), inherited.PATH ?? ''];
  const child = spawn(command, {
    cwd: root,
    shell: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...inherited,
      PATH: path.join(delimiter),
      // Of a template by CloudFormation's schemas, which takes as long as all the rest. `cdk synth` and `cdk deploy` do it.
      CDK_VALIDATION: inherited.CDK_VALIDATION ?? 'false',
      CDK_OUTDIR: outDir,
      CDK_CONTEXT_JSON: JSON.stringify(context),
    },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-20_000);
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0)
    throw new SynthError('the CDK app cannot be synthesized', { next: `${mainComplaint(complaint)}` });
}
