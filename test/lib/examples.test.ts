import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClinicStack } from '../../examples/own-domain/clinic-stack.ts';
import type { FollowUps } from '../../lambda/rules/index.ts';
import { addStages } from '../../lib/add-stages.ts';
import { ServiceFunction } from '../../lib/functions/service-function.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';

const FOLDER = resolve(import.meta.dirname, '../../examples');

const EXAMPLES = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'follow-ups.ts')));

/** Handlers that are destinations under another name than their file's. */
const NAMES: Readonly<Record<string, string>> = { 'persist-run': 'persist' };

/** Destinations that exist beside the stack. */
const QUEUES: Readonly<Record<string, StageSettings['destinations']>> = {
  'persist-postgres': { warehouse: { queue: 'arn:aws:sqs:eu-central-1:123456789012:warehouse' } },
};

const nameOf = (handler: string): string => NAMES[basename(handler, '.ts')] ?? basename(handler, '.ts');

const outdir = mkdtempSync(join(tmpdir(), 'cyberdesk-examples-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Settings as the text of each example asks for them. */
async function settingsOf(example: string): Promise<StageSettings> {
  const rules = join(FOLDER, example, 'follow-ups.ts');
  const { default: followUps }: { default: FollowUps } = await import(rules);
  const names = Object.keys(followUps.workflows ?? {});
  const handlers = join(FOLDER, example, 'handlers');
  const own = existsSync(handlers) ? readdirSync(handlers).map((file) => join(handlers, file)) : [];
  return {
    rules,
    workflowIds: Object.fromEntries(
      names.map((name, index) => [name, `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`]),
    ),
    destinations: {
      ...QUEUES[example],
      ...Object.fromEntries(own.map((handler) => [nameOf(handler), { handler }])),
    },
  };
}

/** All of them in one app, so that what does not depend on rules is bundled once. */
const app = new App({ outdir });
beforeAll(async () => {
  for (const example of EXAMPLES) {
    const [stack] = addStages(app, { [example]: await settingsOf(example) });
    const extension = join(FOLDER, example, 'infrastructure.ts');
    if (existsSync(extension)) (await import(extension)).extend({ stack, receiver: stack?.webhooks });
  }
});

it.each(EXAMPLES)('rules and handlers of examples/%s are bundled, and can be loaded', (example) => {
  const functions = app.node.findAll().filter((node) => node instanceof ServiceFunction);
  const own = functions.filter((each) => each.node.path.startsWith(`CyberdeskWebhooks-${example}/`));

  for (const each of own) expect(() => each.checkLoading()).not.toThrow();
  expect(own.length).toBeGreaterThanOrEqual(3);
});

it('the stacks with the infrastructure of the examples can be synthesized', () => {
  expect(app.synth().stacks).toHaveLength(EXAMPLES.length);
});

// That of cloudfront-waf, which needs settings of its own, has the same test beside it.
it.each([AwsSolutionsChecks, ServerlessChecks])(
  'cdk-nag finds nothing in the infrastructure of the examples that is not accepted: %o',
  (Pack) => {
    const own = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    new ClinicStack(own, 'OwnDomain', { env: { account: '123456789012', region: 'eu-central-1' } });
    const found = [app, own].flatMap((each) => new Pack(each).validateScope(each).violations);

    expect(
      found.map(({ ruleName, violatingResources }) => [
        ruleName,
        ...violatingResources.map(({ constructPath }) => constructPath),
      ]),
    ).toEqual([]);
  },
);
