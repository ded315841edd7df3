/** The verifier's environment variables, for a handler in this process that calls AWS at `awsUrl`. */
export const verifierEnvironment = (awsUrl: string, stackName: string): Record<string, string> => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL: awsUrl,
  POWERTOOLS_LOG_LEVEL: 'ERROR',
  POWERTOOLS_METRICS_DISABLED: 'true',
  STACK_NAME: stackName,
  TABLE_NAME: 'table',
  QUEUE_URL: `${awsUrl}/queue`,
  SIGNING_SECRET_ARN: 'secret',
  STAGE: 'fuzz',
  EVENT_RETENTION_DAYS: '90',
  COMPLETION_RETENTION_DAYS: '180',
  SECRET_CACHE_SECONDS: '300',
  PREVIOUS_SECRET_GRACE_DAYS: '7',
  SOURCE_IP_ALLOW_LIST: '',
});
