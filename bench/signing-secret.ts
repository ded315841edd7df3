/** Signs the webhooks of a benchmark, and nothing else. */
export const SIGNING_SECRET = `whsec_${Buffer.from('a benchmark, and nothing').toString('base64')}`;
