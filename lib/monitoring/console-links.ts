import { Aws } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

const CONSOLE = 'https://console.aws.amazon.com';

/** URLs of AWS console pages, resolved during the deployment. */
export const functionLink = (fn: IFunction): string =>
  `${CONSOLE}/lambda/home?region=${Aws.REGION}#/functions/${fn.functionName}?tab=monitoring`;

/** `name` as in the template; that page requires slashes to be escaped twice. */
export const logsLink = (name: string): string =>
  `${CONSOLE}/cloudwatch/home?region=${Aws.REGION}#logsV2:log-groups/log-group/${name.replaceAll('/', '$252F')}`;

export const queueLink = (queue: IQueue): string =>
  `${CONSOLE}/sqs/v3/home?region=${Aws.REGION}#/queues/${encodeURIComponent('https://sqs.')}${Aws.REGION}.${Aws.URL_SUFFIX}` +
  `%2F${Aws.ACCOUNT_ID}%2F${queue.queueName}`;

export const secretLink = (name: string): string =>
  `${CONSOLE}/secretsmanager/secret?name=${name}&region=${Aws.REGION}`;
