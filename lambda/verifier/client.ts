import { type OriginSecret, viewerAddress } from '../core/authenticate/index.ts';
import type { Secrets } from '../core/model/index.ts';
import { ORIGIN_HEADER } from '../environment/origin.ts';

/** How a content delivery network in front of the endpoint is recognised. */
export interface Origin {
  secret: OriginSecret;
  /** Whether requests that do not come through it are refused. */
  isRequired: boolean;
}

/** What a request says about its sender. */
interface Request {
  headers: Readonly<Record<string, string | undefined>>;
  requestContext: { http: { sourceIp: string } };
}

/** Who sent a request, and whether it came through the network in front, if there is one. */
export type Client = { kind: 'direct' | 'through'; address: string } | { kind: 'around' };

/** What a header says about the client counts only beside the origin header: anyone can send it. */
export async function clientOf(
  origin: Origin | undefined,
  { headers, requestContext: { http } }: Request,
  secrets: Secrets,
): Promise<Client> {
  const direct: Client = { kind: 'direct', address: http.sourceIp };
  if (origin === undefined) return direct;
  const header = headers[ORIGIN_HEADER];
  // Without a header there is nothing to compare: such a request does not depend on whether the secret can be read.
  if (header && (await origin.secret.matches(secrets, header)))
    return { kind: 'through', address: viewerAddress(headers['cloudfront-viewer-address']) };
  return origin.isRequired ? { kind: 'around' } : direct;
}
