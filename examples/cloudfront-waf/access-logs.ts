import { Duration, RemovalPolicy, type Stack, Validations } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { LOG_DAYS } from './settings.ts';

/**
 * Where CloudFront writes a line for each request: time, address, path, query, answer. Its lines have neither a body nor a signature. It
 * writes with an access control list of the bucket, which is why objects may have an owner of their own.
 */
export function accessLogs(stack: Stack): IBucket {
  const bucket = new Bucket(stack, 'AccessLogs', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(LOG_DAYS) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'It holds access logs itself: a log of who reads them is a trail of CloudTrail, which covers all buckets.',
  });
  // CDK's own types disagree under exactOptionalPropertyTypes.
  return bucket as IBucket;
}
