import { BadArgumentError, OperatorError } from '../errors.ts';
import { readSigningSecret } from '../send/deliver.ts';
import { connectLocal } from '../stage/local.ts';
import type { Stage } from '../stage/stage.ts';

/** The local run starts its follow-ups at an API that is not its own fake. */
export class RealApiError extends OperatorError {
  override name = 'RealApi';
}

/** The endpoint of a local run, and what it may do with an event. */
export interface Target {
  readonly url: URL;
  /** Its follow-ups may start real runs. */
  readonly toRealApi: boolean;
}

/** @throws BadArgumentError unless it is an address on this machine */
export function readAddress(to: string): URL {
  const url = URL.canParse(to) ? new URL(to) : undefined;
  if (url?.protocol === 'http:' && LOOPBACK.test(url.hostname)) return url;
  throw new BadArgumentError(`--to "${to}" is not the address of a local run on this machine`, {
    next: 'give the URL that "npm start" prints',
  });
}

/** Where `to` points to; by default, to the run on PORT. @throws BadArgumentError, LocalRunNotFoundError */
export const findTarget = async (to: string | undefined, toRealApi = false): Promise<Target> => ({
  url: to === undefined ? new URL((await connectLocal()).outputs.webhookUrl) : readAddress(to),
  toRealApi,
});

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * The signing secret of the local run that answers there now. To be read for each event: a run that was started again may
 * have another secret, or talk to another API.
 *
 * @throws LocalRunNotFoundError, BadArgumentError, RealApiError, SecretNotSetError
 */
export async function secretOf({ url, toRealApi }: Target, source: Stage): Promise<string> {
  const local = await connectLocal(url.origin);
  if (source.localUrl !== undefined && new URL(source.localUrl).port === url.port)
    throw new BadArgumentError('a local run cannot listen to itself', {
      next: 'name the stage to listen to, e.g. --stage dev',
    });
  const { pathname } = new URL(local.outputs.webhookUrl);
  if (pathname !== url.pathname)
    throw new BadArgumentError(`the local run has no endpoint ${url.pathname}`, {
      next: `end --to with ${pathname}`,
    });
  if (!toRealApi && !local.hasFakeApi) throw refusal(local);
  return readSigningSecret(local);
}

/** The keys of this installation are not those of the stage, so Cyberdesk would take its calls for new ones. */
const refusal = ({ outputs }: Stage): RealApiError =>
  new RealApiError(
    `the local run starts follow-ups at ${outputs.cyberdeskApiUrl} and not at its fake API, so that runs which the stage has started would start again`,
    { next: 'unset CYBERDESK_API_URL and start it again, or say that you want this with --to-real-api' },
  );
