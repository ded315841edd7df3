import { addStages } from '../../../lib/add-stages.ts';
import { everySetting } from '../../lib/support/settings.ts';
import { type Template, testApp } from '../../lib/support/synth.ts';

export { everySetting };

/** The template of a stage. */
export function templateOf(stage: string, settings: object): Template {
  const app = testApp();
  addStages(app, { [stage]: settings });
  const [stack] = app.synth().stacks;
  return stack?.template as Template;
}
