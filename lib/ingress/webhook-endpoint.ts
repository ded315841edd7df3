import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpStage,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Verifier } from '../functions/verifier.ts';
import type { Settings } from '../settings/defaults.ts';
import { accessLogFormat, accessLogGroupOf } from './access-log.ts';
import { CustomDomain } from './custom-domain.ts';
import { WEBHOOK_PATH } from './webhook-path.ts';

/** Props of `WebhookEndpoint`. */
export interface WebhookEndpointProps {
  readonly verifier: Verifier;
  /** Encrypts the access log; undefined: a key of AWS does. */
  readonly key: IKey | undefined;
  readonly settings: Settings;
}

/**
 * The public endpoint: two routes to the verifier, 404 for everything else.
 *
 * An HTTP API supports neither WAF nor a resource policy. It is protected by the signature, the throttle and, if set,
 * the verifier's allow-list and the origin header, without which no one gets around a WAF in front of the domain.
 */
export class WebhookEndpoint extends Construct {
  /** The HTTP API. */
  readonly api: HttpApi;
  /** Its only stage, `$default`. */
  readonly stage: HttpStage;
  /** Log group of the access log: one JSON line per request, without header values, query or body. */
  readonly accessLogs: LogGroup;
  /** URL to enter at Cyberdesk: the gateway's own, or that of the domain where the gateway's own is closed. */
  readonly url: string;
  /** Custom domain, if the props have one. */
  readonly domain: CustomDomain | undefined;

  constructor(scope: Construct, id: string, { verifier, key, settings }: WebhookEndpointProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      // AWS requires a name. It is for the console and need not be unique.
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      ...(settings.closeDefaultEndpoint && { disableExecuteApiEndpoint: true }),
      description: 'Receives Cyberdesk webhooks',
    });
    this.api.addRoutes({
      path: WEBHOOK_PATH,
      // A transformation in the Svix portal can change the method to PUT.
      methods: [HttpMethod.POST, HttpMethod.PUT],
      // The cast: CDK is not compiled with exact optional properties.
      integration: new HttpLambdaIntegration('Verifier', verifier.alias as IFunction, {
        payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      }),
    });
    const { rateLimit, burstLimit } = settings.throttle;
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
    });
    this.accessLogs = this.#addAccessLogs(settings.retention.logs, key);
    if (settings.domain) {
      this.domain = new CustomDomain(this, 'Domain', { ...settings.domain, stage: this.stage });
    }
    const isClosed = settings.closeDefaultEndpoint && this.domain;
    this.url = isClosed ? isClosed.url : `${this.stage.url}${WEBHOOK_PATH.slice(1)}`;
  }

  #addAccessLogs(retention: RetentionDays, key: IKey | undefined): LogGroup {
    const { stackName } = Stack.of(this);
    const logs = new LogGroup(this, 'AccessLogs', {
      // Groups under this prefix need no entry in a resource policy, whose size is limited.
      logGroupName: accessLogGroupOf(stackName),
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key && { encryptionKey: key }),
    });
    // Not with the L2: whether its ARN ends with ":*" depends on a feature flag of the app.
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
