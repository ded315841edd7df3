/** Lambda sets the credentials of a function's role, also with provisioned concurrency; without them it is not Lambda. */
export class CredentialsMissingError extends Error {
  override name = 'CredentialsMissingError';
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * What a bundle of the product has in place of `@aws-sdk/credential-provider-node`, a third of whose weight would be
 * ways to find credentials that no function ever takes (files, SSO, web identities, metadata services).
 *
 * @returns a provider that reads the environment at each call
 * @throws CredentialsMissingError from the provider
 */
export const defaultProvider = () => async (): Promise<Credentials> => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN,
  } = process.env;
  if (!accessKeyId || !secretAccessKey)
    throw new CredentialsMissingError(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: Lambda sets them from the role of the function',
    );
  return { accessKeyId, secretAccessKey, ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }) };
};
