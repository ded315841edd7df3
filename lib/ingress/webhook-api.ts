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
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export const WEBHOOK_PATH = '/webhooks/cyberdesk';

/** What the access log says of each request: never a header, a query or a body. */
const ACCESS_LOG_FORMAT = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLatency: '$context.responseLatency',
  integrationStatus: '$context.integration.status',
  integrationError: '$context.integrationErrorMessage',
  integrationLatency: '$context.integrationLatency',
  gatewayError: '$context.error.message',
};

export interface WebhookApiProps {
  readonly verifier: IFunction;
}

/** The public endpoint: two routes to the verifier, 404 for the rest. */
export class WebhookApi extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  /** What is entered at Cyberdesk; no deployment changes it. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: WebhookApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', { createDefaultStage: false });
    this.api.addRoutes({
      path: WEBHOOK_PATH,
      // A transformation in the Svix portal may choose PUT.
      methods: [HttpMethod.POST, HttpMethod.PUT],
      integration: new HttpLambdaIntegration('Verifier', props.verifier, {
        payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      }),
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 50 },
    });
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      // Groups under this prefix need no growing resource policy to be written by a service.
      logGroupName: `/aws/vendedlogs/apis/${Stack.of(this).stackName}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    (this.stage.node.defaultChild as CfnStage).accessLogSettings = {
      destinationArn: Stack.of(this).formatArn({
        service: 'logs',
        resource: `log-group:${accessLogs.logGroupName}`,
      }),
      format: JSON.stringify(ACCESS_LOG_FORMAT),
    };
    this.url = `${this.stage.url}${WEBHOOK_PATH.slice(1)}`;
  }
}
