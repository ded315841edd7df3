import { type App, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import { PARTITIONS, type Partition, settingsIn } from './support/partitions.ts';
import { everySetting } from './support/settings.ts';
import { testApp } from './support/synth.ts';

const PACKS: [string, new (scope: App) => NagPack][] = [
  ['AwsSolutions', AwsSolutionsChecks],
  ['Serverless', ServerlessChecks],
];

/** `rule path` of each violation that a pack finds. */
const findings = (Pack: new (scope: App) => NagPack, app: App): string[] =>
  new Pack(app)
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );

const bothStages = (): App => {
  const app = testApp();
  addStages(app, { dev: {}, prod: everySetting });
  return app;
};

/** Every acknowledgement in the tree: rule → reason. */
const acknowledgements = (app: App): [string, string][] =>
  app.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>));

describe.each(PACKS)('cdk-nag, %s', (name, Pack) => {
  it(`${name} finds only acknowledged violations, with no settings and with all settings`, () => {
    expect(findings(Pack, bothStages())).toEqual([]);
  });

  it.each(Object.keys(PARTITIONS) as Partition[])(
    `${name} finds only acknowledged violations, with every setting of a stage in %s`,
    (partition) => {
      const app = testApp();
      addStages(app, { prod: settingsIn(partition) });

      expect(findings(Pack, app)).toEqual([]);
    },
  );

  it(`${name} finds each acknowledged rule once its acknowledgement is removed`, () => {
    // Arrange
    const app = bothStages();
    for (const construct of app.node.findAll()) withoutAcknowledgements(construct);

    // Act
    const rules = new Set(findings(Pack, app).map((finding) => finding.split(' ')[0]));

    // Assess
    const acknowledged = acknowledgements(bothStages())
      .map(([rule]) => rule.replace(/^annotation::/i, ''))
      .filter((rule) => rule.startsWith(`${name}-`));
    expect([...rules].sort()).toEqual([...new Set(acknowledged)].sort());
  });
});

describe('acknowledgements', () => {
  it('each acknowledgement has a reason', () => {
    const reasons = acknowledgements(bothStages());

    expect(reasons.length).toBeGreaterThan(0);
    for (const [rule, reason] of reasons) expect(reason, rule).toMatch(/^\w.{40,}\.$/);
  });

  it('the acknowledgement of a wildcard covers X-Ray only, not a wildcard that a customer adds', () => {
    const app = testApp();
    const [stack] = addStages(app, { dev: {} });
    stack?.webhooks.processor.role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:*'], resources: ['arn:aws:s3:::bucket'] }),
    );

    expect(findings(AwsSolutionsChecks, app)).toEqual([
      expect.stringMatching(/^AwsSolutions-IAM5\[Action::s3:\*\]/),
    ]);
  });
});

function withoutAcknowledgements({ node }: IConstruct): void {
  const { metadata } = node;
  Object.defineProperty(node, 'metadata', {
    value: metadata.filter(({ type }) => type !== Validations.ACKNOWLEDGED_RULES_METADATA_KEY),
  });
}
