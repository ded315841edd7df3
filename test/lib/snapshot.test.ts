import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { addStages } from '../../lib/add-stages.ts';
import { stages } from '../../stages.ts';
import { testApp } from './support/synth.ts';

/**
 * What a change does to both stages, for a reviewer to read. Accept a change with `npm test -- snapshot -u`.
 */
it.each(Object.keys(stages))('the template of %s', async (stage) => {
  const app = testApp();
  addStages(app, { [stage]: stages[stage] ?? {} });
  const [stack] = app.synth().stacks;

  await expect(normalised(stack?.template)).toMatchFileSnapshot(`snapshots/${stage}.yaml`);
});

/** Without hashes of code, which change with every line of it. */
const normalised = (template: unknown): string =>
  stringify(template, { aliasDuplicateObjects: false, blockQuote: false, lineWidth: 0 })
    .replace(/\b[0-9a-f]{64}\b/g, '<hash of the bundle>')
    .replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>');
