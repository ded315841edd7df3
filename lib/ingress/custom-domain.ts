import {
  ApiMapping,
  DomainName,
  EndpointType,
  type HttpStage,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { DomainOptions, HostedZoneOptions } from '../settings/options.ts';
import { WEBHOOK_PATH } from './webhook-api.ts';

export interface CustomDomainProps extends DomainOptions {
  readonly stage: HttpStage;
}

/** A domain in front of the endpoint; the gateway's own URL stays on beside it. */
export class CustomDomain extends Construct {
  readonly url: string;
  /** What a record outside Route 53 must point at. */
  readonly target: string;
  private readonly domain: DomainName;

  constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);
    this.domain = new DomainName(this, 'Name', {
      domainName: props.domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'Mapping', { api: props.stage.api, stage: props.stage, domainName: this.domain });
    this.target = this.domain.regionalDomainName;
    this.url = `https://${props.domainName}${WEBHOOK_PATH}`;
    if (props.hostedZone) this.addRecords(props.domainName, props.hostedZone);
  }

  private addRecords(recordName: string, hostedZone: HostedZoneOptions): void {
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', hostedZone);
    const target = RecordTarget.fromAlias(
      new ApiGatewayv2DomainProperties(this.domain.regionalDomainName, this.domain.regionalHostedZoneId),
    );
    new ARecord(this, 'Ipv4', { zone, recordName, target });
    new AaaaRecord(this, 'Ipv6', { zone, recordName, target });
  }
}
