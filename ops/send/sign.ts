import { Webhook } from 'svix';

/** Svix's headers for a body that is sent now. @param secret `whsec_…` */
export function signedHeaders(secret: string, svixId: string, body: string): Record<string, string> {
  const now = new Date();
  return {
    'svix-id': svixId,
    'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
    'svix-signature': new Webhook(secret).sign(svixId, now, body),
  };
}
