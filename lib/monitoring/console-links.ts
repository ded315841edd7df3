import { Aws } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

const CONSOLE = 'https://console.aws.amazon.com';

/** Addresses of pages in the AWS console; each is known once the stack is deployed. */
export const functionLink = (fn: IFunction): string =>
  `${CONSOLE}/lambda/home?region=${Aws.REGION}#/functions/${fn.functionName}?tab=monitoring`;

/** `name` as it stands in the template; a slash is escaped twice, as that page wants it. */
export const logsLink = (name: string): string =>
  `${CONSOLE}/cloudwatch/home?region=${Aws.REGION}#logsV2:log-groups/log-group/${name.replaceAll('/', '$252F')}`;

export const queueLink = (queue: IQueue): string =>
  `${CONSOLE}/sqs/v3/home?region=${Aws.REGION}#/queues/${encodeURIComponent('https://sqs.')}${Aws.REGION}.${Aws.URL_SUFFIX}` +
  `%2F${Aws.ACCOUNT_ID}%2F${queue.queueName}`;

export const secretLink = (name: string): string =>
  `${CONSOLE}/secretsmanager/secret?name=${name}&region=${Aws.REGION}`;
