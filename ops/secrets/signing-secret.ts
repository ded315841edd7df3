import { KEY_BYTES, type SecretFault, secretFault } from '../../lambda/core/authenticate/index.ts';

const COPY = 'copy it from the endpoint\'s "Signing Secret" in the Svix portal';

/** What is wrong with a value that was meant to be a signing secret, and what to do. Never the value itself. */
const WORDS: Record<SecretFault, string> = {
  blank: `is blank: ${COPY}`,
  json: `is JSON, as the AWS console stores key/value pairs: it must be the plain text whsec_… alone; ${COPY}`,
  quoted: 'has quotes around it: enter it without them',
  asymmetric:
    'is an asymmetric key (whsk_… or whpk_…), which is not supported: create a symmetric one (whsec_…) for the endpoint in Svix',
  no_prefix: `lacks its prefix: it must begin with whsec_; ${COPY}`,
  url_safe: `is URL-safe base64 ("-" and "_"): it must be standard base64 ("+" and "/"); ${COPY}`,
  truncated: `is truncated: its length is not possible in base64; ${COPY}`,
  too_short: `is too short or truncated: after whsec_ it must hold ${KEY_BYTES.least} to ${KEY_BYTES.most} bytes in base64; ${COPY}`,
  too_long: `is too long: after whsec_ it must hold ${KEY_BYTES.least} to ${KEY_BYTES.most} bytes in base64; ${COPY}`,
  other: `is not a valid signing secret: it must be whsec_ followed by base64; ${COPY}`,
};

/** What is wrong with a value, as the rest of a sentence that begins with its name; undefined if it may be entered. */
export function describeSecretFault(value: string): string | undefined {
  const fault = secretFault(value);
  return fault && WORDS[fault];
}
