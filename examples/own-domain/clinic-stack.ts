import { join } from 'node:path';
import { Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { CyberdeskWebhooks } from 'cyberdesk-webhooks';

/** A stack of your own app, with the receiver among your other resources. */
export class ClinicStack extends Stack {
  readonly webhooks: CyberdeskWebhooks;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const hostedZone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0123456789ABCDEFGHIJ',
      zoneName: 'clinic.example',
    });
    const domainName = 'cyberdesk.clinic.example';
    this.webhooks = new CyberdeskWebhooks(this, 'Webhooks', {
      stage: 'prod',
      protectData: true,
      rules: join(import.meta.dirname, 'follow-ups.ts'),
      workflowIds: { next: '11111111-1111-4111-8111-111111111111' },
      domain: {
        domainName,
        certificate: new Certificate(this, 'Certificate', {
          domainName,
          validation: CertificateValidation.fromDns(hostedZone),
        }),
        hostedZone,
      },
      alarms: { emails: ['on-call@clinic.example'] },
    });
    this.webhooks.addOutputs();
  }
}
