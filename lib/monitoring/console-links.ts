import { Aws } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** Pages of the AWS console below its host, resolved during the deployment. */
export const functionLink = (fn: IFunction): string =>
  `/lambda/home?region=${Aws.REGION}#/functions/${fn.functionName}?tab=monitoring`;

/** `name` as in the template; that page requires slashes to be escaped twice. */
export const logsLink = (name: string): string =>
  `/cloudwatch/home?region=${Aws.REGION}#logsV2:log-groups/log-group/${name.replaceAll('/', '$252F')}`;

export const queueLink = (queue: IQueue): string =>
  `/sqs/v3/home?region=${Aws.REGION}#/queues/${encodeURIComponent('https://sqs.')}${Aws.REGION}.${Aws.URL_SUFFIX}` +
  `%2F${Aws.ACCOUNT_ID}%2F${queue.queueName}`;

export const secretLink = (name: string): string =>
  `/secretsmanager/secret?name=${name}&region=${Aws.REGION}`;
