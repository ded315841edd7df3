import type { Field } from './fields.ts';

/** The header by which a content delivery network in front of the endpoint proves itself, as API Gateway spells it. */
export const ORIGIN_HEADER = 'x-origin-verify';

/** What the verifier knows about the origin header. */
export interface OriginSettings {
  secretArn: string;
  isRequired: boolean;
}

/** Without a secret, there is no origin header. Whatever does not say that the header is optional requires it. */
export const origin: Field<OriginSettings | undefined> = {
  name: 'ORIGIN_SECRET_ARN',
  read: ({ ORIGIN_SECRET_ARN: secretArn, ORIGIN_HEADER: header }) =>
    secretArn ? { secretArn, isRequired: header !== 'optional' } : undefined,
  write: (value) =>
    value
      ? { ORIGIN_SECRET_ARN: value.secretArn, ORIGIN_HEADER: value.isRequired ? 'required' : 'optional' }
      : {},
};
