import { ArnFormat, CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { DOMAIN, LOG_DAYS, ZONE } from './settings.ts';

/**
 * Rules of AWS that look into bodies, without `_BODY`. They only count: a run's output may contain markup, paths and code, and
 * is larger than what they inspect. The signature over the whole body is what decides.
 */
const COUNTED = {
  AWSManagedRulesCommonRuleSet: 'SizeRestrictions CrossSiteScripting EC2MetaDataSSRF GenericLFI GenericRFI',
  AWSManagedRulesKnownBadInputsRuleSet: 'JavaDeserializationRCE Log4JRCE ReactJSRCE',
};

/** What CloudFront takes from us-east-1 only: its certificate and its web ACL. */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', ZONE);
    const validation = CertificateValidation.fromDns(zone);
    const certificate = new Certificate(this, 'Certificate', { domainName: DOMAIN, validation });
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visible('acl'),
      dataProtectionConfig: { dataProtections: HIDDEN.map(hide) },
      rules: [...Object.entries(COUNTED).map(managedRules), markup(Object.keys(COUNTED).length)],
    });
    this.#log(acl);
    new CfnOutput(this, 'CertificateArn', { value: certificate.certificateArn });
    new CfnOutput(this, 'WebAclArn', { value: acl.attrArn });
  }

  /** Which rule counted or blocked what. WAF writes only to groups whose name begins like this. */
  #log(acl: CfnWebACL): void {
    const logGroupName = 'aws-waf-logs-cyberdesk-webhooks';
    const removalPolicy = RemovalPolicy.RETAIN;
    const group = new LogGroup(this, 'Log', { logGroupName, retention: LOG_DAYS, removalPolicy });
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      // WAF takes the ARN without the ":*" at the end of the group's own.
      logDestinationConfigs: [
        this.formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    });
    logging.node.addDependency(group);
  }
}

/** What no log and no sample holds: a rule that counts would log the part of a body that it matched. */
const HIDDEN: readonly CfnWebACL.FieldToProtectProperty[] = [
  { fieldType: 'BODY' },
  { fieldType: 'QUERY_STRING' },
  { fieldType: 'SINGLE_HEADER', fieldKeys: ['svix-signature', 'webhook-signature'] },
];

const hide = (field: CfnWebACL.FieldToProtectProperty): CfnWebACL.DataProtectProperty => ({
  field,
  action: 'SUBSTITUTION',
  excludeRuleMatchDetails: false,
  excludeRateBasedDetails: false,
});

const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  // Samples would hold parts of requests.
  sampledRequestsEnabled: false,
});

const managedRules = ([name, counted]: [string, string], priority: number): CfnWebACL.RuleProperty => {
  const count = (rule: string) => ({ name: `${rule}_BODY`, actionToUse: { count: {} } });
  const ruleActionOverrides = counted.split(' ').map(count);
  const statement = { managedRuleGroupStatement: { vendorName: 'AWS', name, ruleActionOverrides } };
  return { name, priority, statement, overrideAction: { none: {} }, visibilityConfig: visible(name) };
};

/** A rule of your own about bodies: it counts, too, and lets pass what is larger than WAF inspects. */
const markup = (priority: number): CfnWebACL.RuleProperty => {
  const fieldToMatch = { body: { oversizeHandling: 'CONTINUE' } };
  const textTransformations = [{ priority: 0, type: 'NONE' }];
  const statement = { xssMatchStatement: { fieldToMatch, textTransformations } };
  return { name: 'Markup', priority, statement, action: { count: {} }, visibilityConfig: visible('Markup') };
};
