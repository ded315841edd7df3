import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { addStages } from 'cyberdesk-webhooks';
import { expect, it } from 'vitest';
import { extend } from './infrastructure.ts';
import { DOMAIN, prod } from './settings.ts';

// No function is bundled, which takes most of a synthesis: the template does not depend on it.
const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
for (const stack of addStages(app, { prod })) extend({ stack, receiver: stack.webhooks, stage: 'prod' });
const assembly = app.synth();
const stackOf = (name: string) => assembly.getStackByName(name);
const templateOf = (name: string) => Template.fromJSON(stackOf(name).template);
const stage = templateOf('CyberdeskWebhooks-prod');
const edge = templateOf('CyberdeskWebhooksEdge');

/** A statement of WAF, as far as this test reads it. */
interface Rule {
  Name: string;
  Action?: { Block?: object };
  OverrideAction?: { None?: object };
  Statement: { ManagedRuleGroupStatement?: { RuleActionOverrides: { Name: string; ActionToUse: object }[] } };
}

it('the web ACL and its certificate are where CloudFront looks for them', () => {
  expect(stackOf('CyberdeskWebhooksEdge').environment.region).toBe('us-east-1');
  edge.hasResourceProperties('AWS::WAFv2::WebACL', { Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} } });
  edge.hasResourceProperties('AWS::CertificateManager::Certificate', { DomainName: DOMAIN });
});

it('no rule blocks a webhook for what is in its body, or for its size', () => {
  const [acl] = Object.values(edge.findResources('AWS::WAFv2::WebACL'));
  const rules: Rule[] = acl?.Properties.Rules;
  const overrides = rules.flatMap(
    ({ Statement }) => Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? [],
  );

  expect(overrides.map(({ Name }) => Name)).toEqual(overrides.map(() => expect.stringMatching(/_BODY$/)));
  expect(overrides).toHaveLength(8);
  for (const { ActionToUse } of overrides) expect(ActionToUse).toEqual({ Count: {} });
  const ofBodies = rules.filter(({ Statement }) => JSON.stringify(Statement).includes('"Body"'));
  expect(ofBodies.map(({ Name }) => Name)).toEqual(['Markup']);
  for (const rule of ofBodies) {
    expect(rule).toMatchObject({ Action: { Count: {} } });
    expect(JSON.stringify(rule)).toContain('"OversizeHandling":"CONTINUE"');
  }
});

it('CloudFront passes on the host, the address of the sender, and the origin header by reference', () => {
  stage.hasResourceProperties('AWS::CloudFront::OriginRequestPolicy', {
    OriginRequestPolicyConfig: {
      HeadersConfig: {
        HeaderBehavior: 'allViewerAndWhitelistCloudFront',
        Headers: ['CloudFront-Viewer-Address'],
      },
    },
  });
  stage.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      Aliases: [DOMAIN],
      WebACLId: Match.stringLikeRegexp('^arn:aws:wafv2:us-east-1:'),
      DefaultCacheBehavior: {
        ViewerProtocolPolicy: 'https-only',
        AllowedMethods: Match.arrayWith(['PUT', 'POST']),
      },
      Origins: [
        {
          CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
          OriginCustomHeaders: [
            {
              HeaderName: 'x-origin-verify',
              HeaderValue: { 'Fn::Join': ['', Match.arrayWith(['{{resolve:secretsmanager:'])] },
            },
          ],
        },
      ],
    },
  });
});

it('there is no way around CloudFront: the gateway is closed, the record points there, and the header is required', () => {
  stage.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true });
  for (const record of Object.values(stage.findResources('AWS::Route53::RecordSet')))
    expect(JSON.stringify(record.Properties.AliasTarget)).toContain('Distribution');
  stage.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ ORIGIN_HEADER: 'required' }) },
  });
  stage.hasOutput('WebhookUrl', { Value: `https://${DOMAIN}/webhooks/cyberdesk` });
});

it('accesses are logged for thirteen months, without bodies and signatures', () => {
  stage.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { Logging: { Bucket: Match.anyValue(), IncludeCookies: Match.absent() } },
  });
  stage.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: { LifecycleConfiguration: { Rules: [{ ExpirationInDays: 400, Status: 'Enabled' }] } },
  });
  edge.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain', Properties: { RetentionInDays: 400 } });
  edge.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
    LogDestinationConfigs: [
      { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':log-group:aws-waf-logs-[\\w-]+$')])] },
    ],
  });
  const hidden = (Field: object) => ({
    Field,
    Action: 'SUBSTITUTION',
    ExcludeRuleMatchDetails: false,
    ExcludeRateBasedDetails: false,
  });
  edge.hasResourceProperties('AWS::WAFv2::WebACL', {
    DataProtectionConfig: {
      DataProtections: [
        hidden({ FieldType: 'BODY' }),
        hidden({ FieldType: 'QUERY_STRING' }),
        hidden({ FieldType: 'SINGLE_HEADER', FieldKeys: ['svix-signature', 'webhook-signature'] }),
      ],
    },
  });
});

it.each([AwsSolutionsChecks, ServerlessChecks])(
  'cdk-nag has neither an error nor a warning that is not accepted: %o',
  (Pack) => {
    expect(new Pack(app).validateScope(app).violations).toEqual([]);
  },
);
