import {
  ApiMapping,
  DomainName,
  EndpointType,
  type HttpStage,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { AaaaRecord, ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { DomainOptions } from '../props.ts';
import { WEBHOOK_PATH } from './webhook-path.ts';

/** Props of `CustomDomain`. */
export interface CustomDomainProps extends DomainOptions {
  readonly stage: HttpStage;
}

/** A custom domain of the endpoint. */
export class CustomDomain extends Construct {
  /** URL of the endpoint under this domain. */
  readonly url: string;
  /** Host name that a record outside Route 53 must point to. */
  readonly target: string;
  readonly #domain: DomainName;

  constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);
    this.#domain = new DomainName(this, 'Name', {
      domainName: props.domainName,
      certificate: props.certificate,
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'Mapping', { api: props.stage.api, stage: props.stage, domainName: this.#domain });
    this.target = this.#domain.regionalDomainName;
    this.url = `https://${props.domainName}${WEBHOOK_PATH}`;
    if (props.hostedZone) this.#addRecords(props.domainName, props.hostedZone);
  }

  #addRecords(recordName: string, zone: IHostedZone): void {
    const target = RecordTarget.fromAlias(
      new ApiGatewayv2DomainProperties(this.#domain.regionalDomainName, this.#domain.regionalHostedZoneId),
    );
    new ARecord(this, 'Ipv4', { zone, recordName, target });
    new AaaaRecord(this, 'Ipv6', { zone, recordName, target });
  }
}
