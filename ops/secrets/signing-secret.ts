import { KEY_BYTES, type SecretFault, secretFault } from '../../lambda/core/authenticate/index.ts';

const COPY = 'copy it from the endpoint\'s "Signing Secret" in the Svix portal';

/** What is wrong with a value, as the rest of a sentence that begins with its name, and what to do. Never the value. */
export interface SecretAdvice {
  problem: string;
  next: string;
}

const AFTER_PREFIX = `after whsec_ it must hold ${KEY_BYTES.least} to ${KEY_BYTES.most} bytes in base64`;

const WORDS: Record<SecretFault, SecretAdvice> = {
  blank: { problem: 'is blank', next: COPY },
  json: {
    problem: 'is JSON, as the AWS console stores key/value pairs',
    next: `enter the plain text whsec_… alone; ${COPY}`,
  },
  quoted: { problem: 'has quotes around it', next: 'enter it without them' },
  asymmetric: {
    problem: 'is an asymmetric key (whsk_… or whpk_…), which is not supported',
    next: 'create a symmetric one (whsec_…) for the endpoint in Svix',
  },
  no_prefix: { problem: 'lacks its prefix whsec_', next: COPY },
  url_safe: {
    problem: 'is URL-safe base64 ("-" and "_") instead of standard base64 ("+" and "/")',
    next: COPY,
  },
  truncated: { problem: 'is truncated, since its length is not possible in base64', next: COPY },
  too_short: { problem: `is too short or truncated (${AFTER_PREFIX})`, next: COPY },
  too_long: { problem: `is too long (${AFTER_PREFIX})`, next: COPY },
  other: { problem: 'is not a valid signing secret, which is whsec_ followed by base64', next: COPY },
};

/** Undefined for a value that may be entered. */
export function describeSecretFault(value: string): SecretAdvice | undefined {
  const fault = secretFault(value);
  return fault && WORDS[fault];
}
