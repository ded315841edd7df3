import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StageSettings } from 'cyberdesk-webhooks';

export const DOMAIN = 'webhooks.bank.example';
export const ZONE = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'bank.example' };

/** Outputs of the edge stack, which is deployed first. */
export const CERTIFICATE_ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d';
export const WEB_ACL_ARN = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/Acl/0a1b2c3d';

/** Version of the origin header's secret, once it has been rotated. */
export const ORIGIN_VERSION = '';

/** How long accesses stay in the logs of CloudFront and of the web ACL: thirteen months. */
export const LOG_DAYS = RetentionDays.THIRTEEN_MONTHS;

/** The stage, as it stands in `stages.ts` when the move is over. */
export const prod: StageSettings = {
  account: '123456789012',
  region: 'eu-central-1',
  domain: {
    domainName: DOMAIN,
    // Another certificate for the same name, in the stack's own region.
    certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1b2c3d4e',
  },
  originHeader: 'required',
  closeDefaultEndpoint: true,
  // From https://docs.svix.com/webhook-ips.json; which ones are yours depends on your plan.
  sourceIpAllowList: ['44.228.126.217', '50.112.21.217'],
};
