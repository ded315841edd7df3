import { dirname } from 'node:path';
import { OperatorError } from '../../ops/errors.ts';
import { Reloader } from '../reload/reloader.ts';
import type { LocalRun } from '../running.ts';
import { readBundles } from '../template/bundles.ts';
import { PROJECT_ROOT, synthesize } from '../template/synth.ts';

/** Edits are taken up until it is closed. */
export interface Edits {
  /** Resolves when there is another synthesis, which only a new run takes up. */
  readonly synthesized: Promise<'synthesized'>;
  close(): Promise<void>;
}

/** Takes up edits while a run goes on. @param say receives one line about each of them */
export function watchEdits(run: LocalRun, stage: string, say: (line: string) => void): Edits {
  const directory = dirname(run.stack.templateFile);
  const { promise, resolve } = Promise.withResolvers<'synthesized'>();
  const reloader = new Reloader({
    root: PROJECT_ROOT,
    bundles: readBundles(directory),
    functions: run.stack.functions,
    sandboxes: run.functions,
    say,
    async synthesize(file) {
      say(`${file}: has changed, so the app is synthesized again`);
      try {
        const made = await synthesize(PROJECT_ROOT, stage, {});
        made.release();
        if (made.directory === directory) say('The synthesis is the same');
        else resolve('synthesized');
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        say(`${error.message}; what ran before still runs`);
      }
    },
  });
  reloader.start().catch((error: Error) => say(`Edits are not taken up: ${error.message}`));
  return { synthesized: promise, close: () => reloader.close() };
}
