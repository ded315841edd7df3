import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpStage,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../settings/defaults.ts';
import { accessLogFormat } from './access-log.ts';
import { CustomDomain } from './custom-domain.ts';

export const WEBHOOK_PATH = '/webhooks/cyberdesk';

export interface WebhookApiProps {
  readonly verifier: IFunction;
  readonly settings: Settings;
}

/**
 * The public endpoint: two routes to the verifier, 404 for the rest.
 *
 * An HTTP API has no WAF and no resource policy; what protects it is the signature, the throttle and, where set, the
 * verifier's allow-list.
 */
export class WebhookApi extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  readonly accessLogs: LogGroup;
  /** What is entered at Cyberdesk; no deployment changes it. */
  readonly url: string;
  readonly domain: CustomDomain | undefined;

  constructor(scope: Construct, id: string, { verifier, settings }: WebhookApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      // AWS wants a name; this one is found in the console, and need not be unique.
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      description: 'Receives Cyberdesk webhooks',
    });
    this.api.addRoutes({
      path: WEBHOOK_PATH,
      // A transformation in the Svix portal may choose PUT.
      methods: [HttpMethod.POST, HttpMethod.PUT],
      integration: new HttpLambdaIntegration('Verifier', verifier, {
        payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      }),
    });
    const { rate, burst } = settings.throttle;
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: rate, burstLimit: burst },
    });
    this.accessLogs = this.addAccessLogs(settings.retention.logDays);
    this.url = `${this.stage.url}${WEBHOOK_PATH.slice(1)}`;
    if (settings.domain) {
      this.domain = new CustomDomain(this, 'Domain', { ...settings.domain, stage: this.stage });
    }
  }

  private addAccessLogs(days: number): LogGroup {
    const { stackName } = Stack.of(this);
    const logs = new LogGroup(this, 'AccessLogs', {
      // Under this prefix no resource policy grows with every group until it hits its limit.
      logGroupName: `/aws/vendedlogs/apis/${stackName}`,
      retention: days,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Not through the L2: whether its ARN ends in ":*" depends on a feature flag of the app.
    (this.stage.node.defaultChild as CfnStage).accessLogSettings = {
      destinationArn: Stack.of(this).formatArn({
        service: 'logs',
        resource: `log-group:${logs.logGroupName}`,
      }),
      format: accessLogFormat(stackName),
    };
    return logs;
  }
}
