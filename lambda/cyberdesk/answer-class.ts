/**
 * What a response outside 2xx says about a request that writes.
 *
 * - `refused`: it had no effect and never will as it stands.
 * - `no_effect`: it had no effect, and another try may succeed.
 * - `conflict`: the idempotency key was used for another request, or the run has moved on.
 * - `unknown`: it may have had an effect.
 */
export type AnswerClass = 'refused' | 'no_effect' | 'conflict' | 'unknown';

/** A closed list: every status that is not on it may come from something between us and the API. */
const REFUSED = new Set([400, 404, 405, 410, 413, 414, 415, 422]);
/** Redirects are never followed: doing so would send the data somewhere else. A refused key will be replaced. */
const NO_EFFECT = new Set([301, 302, 307, 308, 401, 403, 421, 425, 429]);

/** A call that failed although its status is one of these was answered with content that is not what the API documents. */
export const isSuccess = (status: number): boolean => status >= 200 && status <= 299;

export interface Answer {
  status: number;
  /** Its content type is JSON. A proxy's or a firewall's page is not: the API itself did not refuse anything. */
  isJson: boolean;
  /** 409 with `Idempotency-Status: in_progress`. */
  inProgress: boolean;
}

export function classOf({ status, isJson, inProgress }: Answer): AnswerClass {
  if (NO_EFFECT.has(status)) return 'no_effect';
  if (REFUSED.has(status) && isJson) return 'refused';
  return status === 409 && isJson && !inProgress ? 'conflict' : 'unknown';
}

/** A failed call; without a status, nothing answered. */
interface Failed {
  readonly status?: number | undefined;
  readonly isJson?: boolean;
}

/**
 * Whether the API itself says that it has no such thing, now and later. A proxy in front of it answers 404 as well, for
 * everything.
 */
export const isUnknownToApi = ({ status, isJson = false }: Failed): boolean =>
  isJson && (status === 404 || status === 410);

/**
 * Whether the API itself refuses the key, or only this request. It always does so in JSON; the page of a proxy or a firewall
 * with the same status is about neither.
 */
export const isDeniedByApi = ({ status, isJson = false }: Failed): boolean =>
  isJson && (status === 401 || status === 403);

/** Whether a read was answered by the API, which will never answer it otherwise: it is the request that is wrong. */
export const isRefusedRead = ({ status = 0, isJson = false }: Failed): boolean =>
  classOf({ status, isJson, inProgress: false }) === 'refused';

/** Whether a content type is JSON, such as `application/json` or `application/problem+json`. */
export const isJsonType = (contentType: string | null): boolean =>
  /^\s*[\w.+-]+\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType ?? '');
