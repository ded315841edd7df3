import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { addStages } from '../../lib/add-stages.ts';
import { stages } from '../app/stages.ts';
import { testApp } from './support/synth.ts';

/** Shows reviewers what a change does to both stages. Accept a change with `npm test -- snapshot -u`. */
it.each(['dev', 'prod'] as const)('the template of %s matches its snapshot', async (stage) => {
  const app = testApp();
  addStages(app, { [stage]: stages[stage] });
  const [stack] = app.synth().stacks;

  await expect(normalised(stack?.template)).toMatchFileSnapshot(`snapshots/${stage}.yaml`);
});

/** Without code hashes, which change with every line of code. */
const normalised = (template: unknown): string =>
  stringify(template, { aliasDuplicateObjects: false, blockQuote: false, lineWidth: 0 })
    .replace(/\b[0-9a-f]{64}\b/g, '<hash of the bundle>')
    .replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>');
