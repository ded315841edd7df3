import { DAY, SECOND } from '../core/model/index.ts';
import { commonFields } from './common.ts';
import { number, optionalList, text } from './fields.ts';
import { origin } from './origin.ts';

/** Environment of the verifier. */
export const verifierEnvironment = {
  ...commonFields,
  signingSecretArn: text('SIGNING_SECRET_ARN'),
  previousSecretGracePeriod: number('PREVIOUS_SECRET_GRACE_DAYS', DAY),
  secretCache: number('SECRET_CACHE_SECONDS', SECOND),
  bodyRetention: number('BODY_RETENTION_DAYS', DAY),
  sourceIpAllowList: optionalList('SOURCE_IP_ALLOW_LIST'),
  origin,
};

export type VerifierEnvironment = {
  [K in keyof typeof verifierEnvironment]: ReturnType<(typeof verifierEnvironment)[K]['read']>;
};
