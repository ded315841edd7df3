import { describe, expect, it } from 'vitest';
import { CyberdeskWebhooksStack } from '../../lib/stack.ts';
import { everySetting } from './support/settings.ts';
import { ofType, one, synth, testApp } from './support/synth.ts';

const template = synth();
const every = synth(everySetting);

describe('gateway', () => {
  it('the gateway routes only POST and PUT of one path to the verifier', () => {
    const routes = ofType(template, 'AWS::ApiGatewayV2::Route').map(
      ([, { Properties }]) => Properties.RouteKey,
    );

    expect(routes.sort()).toEqual(['POST /webhooks/cyberdesk', 'PUT /webhooks/cyberdesk']);
  });

  it('the gateway invokes the alias of the verifier with payload format 2.0', () => {
    const [alias] = ofType(template, 'AWS::Lambda::Alias')[0] as [string, unknown];
    const integrations = ofType(template, 'AWS::ApiGatewayV2::Integration');

    expect(integrations).toHaveLength(1);
    expect(integrations[0]?.[1].Properties).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: { Ref: alias },
    });
  });

  it('the gateway has a throttle that suits the concurrency of a new account', () => {
    const throttle = (from: typeof template) =>
      one(from, 'AWS::ApiGatewayV2::Stage').Properties.DefaultRouteSettings;

    expect(throttle(template).ThrottlingBurstLimit).toBeLessThanOrEqual(50);
    expect(throttle(every)).toEqual({ ThrottlingBurstLimit: 10, ThrottlingRateLimit: 20 });
  });

  it('the gateway logs each request as JSON, without header values, query or body', () => {
    const { AccessLogSettings } = one(template, 'AWS::ApiGatewayV2::Stage').Properties;
    const format = JSON.parse(AccessLogSettings.Format);

    expect(Object.values(format).join(' ')).not.toMatch(
      /body|header|query|\$context\.path|authorizer|userAgent/i,
    );
    // A message may hold a quotation mark, and the filter for throttled requests reads JSON only.
    expect(Object.values(format)).not.toContainEqual(expect.stringMatching(/error\.message/));
    expect(format).toMatchObject({ stack: 'CyberdeskWebhooks-dev', status: '$context.status' });
    expect(one(template, 'AWS::Logs::LogGroup', 'AccessLogs').Properties).toMatchObject({
      LogGroupName: '/aws/vendedlogs/apis/CyberdeskWebhooks-dev',
      RetentionInDays: 90,
    });
  });
});

describe('custom domain', () => {
  it('a custom domain maps to the same stage and gets its records', () => {
    expect(one(every, 'AWS::ApiGatewayV2::DomainName').Properties).toMatchObject({
      DomainName: 'webhooks.example.com',
      DomainNameConfigurations: [{ SecurityPolicy: 'TLS_1_2', EndpointType: 'REGIONAL' }],
    });
    const mapping = one(every, 'AWS::ApiGatewayV2::ApiMapping');
    expect(mapping.Properties.Stage).toBe('$default');
    expect(mapping.DependsOn).toContain(ofType(every, 'AWS::ApiGatewayV2::Stage')[0]?.[0]);
    expect(ofType(every, 'AWS::Route53::RecordSet').map(([, { Properties }]) => Properties.Type)).toEqual([
      'A',
      'AAAA',
    ]);
    expect(every.Outputs.DomainUrl?.Value).toBe('https://webhooks.example.com/webhooks/cyberdesk');
  });

  it('a custom domain leaves the URL of the gateway unchanged and enabled', () => {
    const urlOf = (from: typeof template) => JSON.stringify(from.Outputs.WebhookUrl?.Value);
    const { account, region, domain } = everySetting;
    const inRegion = synth({ account, region });
    const withDomain = synth({ account, region, domain });

    expect(urlOf(withDomain)).toBe(urlOf(inRegion));
    expect(urlOf(withDomain)).toMatch(/execute-api.*\/webhooks\/cyberdesk/);
    expect(one(withDomain, 'AWS::ApiGatewayV2::Api').Properties).not.toHaveProperty(
      'DisableExecuteApiEndpoint',
      true,
    );
  });

  it('a custom domain without a zone has no record, but an output with the target of one', () => {
    const { hostedZone: _, ...domain } = everySetting.domain;
    const without = synth({ domain });

    expect(ofType(without, 'AWS::Route53::RecordSet')).toEqual([]);
    expect(without.Outputs.DomainTarget?.Value).toEqual({
      'Fn::GetAtt': [expect.stringContaining('DomainName'), 'RegionalDomainName'],
    });
  });
});

describe('behind CloudFront', () => {
  const { hostedZone: _, ...domain } = everySetting.domain;
  const required = synth({ domain, closeDefaultEndpoint: true, originHeader: 'required' });
  const variablesOf = (from: typeof template) =>
    one(from, 'AWS::Lambda::Function', 'VerifierFunction').Properties.Environment.Variables;
  const originSecretOf = (from: typeof template) =>
    ofType(from, 'AWS::SecretsManager::Secret').find(([id]) => id.includes('OriginSecret'));

  it('a closed gateway answers under the domain only, which is then the URL for Cyberdesk', () => {
    expect(one(required, 'AWS::ApiGatewayV2::Api').Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(required.Outputs.WebhookUrl?.Value).toBe('https://webhooks.example.com/webhooks/cyberdesk');
  });

  it('the value of the origin header is generated by CloudFormation, where the header is set', () => {
    expect(originSecretOf(required)?.[1].Properties.GenerateSecretString).toEqual({
      ExcludePunctuation: true,
      PasswordLength: 48,
    });
    expect(originSecretOf(template)).toBeUndefined();
  });

  it('the verifier knows the secret, not its value, and whether the header is required', () => {
    const secret = originSecretOf(required)?.[0];
    const variables = { ORIGIN_SECRET_ARN: { Ref: secret }, ORIGIN_HEADER: 'required' };

    expect(variablesOf(required)).toMatchObject(variables);
    expect(variablesOf(every)).toMatchObject({ ORIGIN_HEADER: 'optional' });
    expect(Object.keys(variablesOf(template)).filter((name) => name.startsWith('ORIGIN'))).toEqual([]);
    for (const name of ['ProcessorFunction', 'SweeperFunction'])
      expect(JSON.stringify(one(required, 'AWS::Lambda::Function', name))).not.toContain('Origin');
  });

  it('CloudFront gets the value by a reference, to a version once it has been rotated', () => {
    const settings = { stage: 'dev', domain, originHeader: 'optional' } as const;
    const { originSecret } = new CyberdeskWebhooksStack(testApp(), 'Edge', settings).webhooks;
    const headerFor = (versionId?: string) => originSecret?.headers(versionId)['x-origin-verify'];

    expect(headerFor()).toMatch(/^\{\{resolve:secretsmanager:\S+:SecretString:::\}\}$/);
    expect(headerFor('v-2')).toMatch(/:SecretString:::v-2\}\}$/);
  });
});
