import { type Stack, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { CyberdeskWebhooks } from 'cyberdesk-webhooks';
import { accessLogs } from './access-logs.ts';
import { EdgeStack } from './edge-stack.ts';
import { CERTIFICATE_ARN, DOMAIN, ORIGIN_VERSION, WEB_ACL_ARN, ZONE } from './settings.ts';

/** Puts CloudFront with WAF in front of the domain of `prod`. */
export function extend({ stack, receiver, stage }: Extension): void {
  if (stage !== 'prod') return;
  new EdgeStack(stack.node.root, 'CyberdeskWebhooksEdge', {
    env: { account: stack.account, region: 'us-east-1' },
  });
  const { domain } = receiver.endpoint;
  const { originSecret } = receiver;
  if (!domain || !originSecret) throw new Error('prod has no domain or no originHeader in stages.ts');
  const distribution = new cloudfront.Distribution(stack, 'Distribution', {
    domainNames: [DOMAIN],
    certificate: Certificate.fromCertificateArn(stack, 'EdgeCertificate', CERTIFICATE_ARN),
    webAclId: WEB_ACL_ARN,
    enableLogging: true,
    logBucket: accessLogs(stack),
    minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    defaultBehavior: {
      // The gateway's name for the domain; the certificate that counts is the one for the Host header.
      origin: new HttpOrigin(domain.target, { customHeaders: originSecret.headers(ORIGIN_VERSION) }),
      originRequestPolicy: requestPolicy(stack),
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
    },
  });
  Validations.of(distribution).acknowledge({
    id: 'AwsSolutions-CFR1',
    reason:
      'The list of addresses in sourceIpAllowList is narrower than any country, and the signature decides.',
  });
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', ZONE);
  const record = {
    zone,
    recordName: DOMAIN,
    target: RecordTarget.fromAlias(new CloudFrontTarget(distribution)),
  };
  new ARecord(stack, 'EdgeIpv4', record);
  new AaaaRecord(stack, 'EdgeIpv6', record);
}

/** All headers of the sender, Host among them, and the sender's address for the allow-list. */
const requestPolicy = (stack: Stack) =>
  new cloudfront.OriginRequestPolicy(stack, 'ToGateway', {
    headerBehavior: cloudfront.OriginRequestHeaderBehavior.all('CloudFront-Viewer-Address'),
    queryStringBehavior: cloudfront.OriginRequestQueryStringBehavior.all(),
  });

interface Extension {
  stack: Stack;
  receiver: CyberdeskWebhooks;
  stage: string;
}
