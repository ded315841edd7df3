import { EmulatorError, reasonOf } from '../errors.ts';
import { awsRequest } from './caller.ts';
import type { AwsBackend, AwsRequest, AwsResponse } from './messages.ts';

/** Emulators distinguish accounts by the access key; this one means the default account everywhere. */
const ACCESS_KEY_ID = 'test';
const KEPT_HEADERS = ['content-type', 'x-amzn-query-error', 'x-amzn-errortype'];

/** An AWS emulator that the user runs. Calls are passed on as they are, with an access key that it knows. */
export class ExternalAws implements AwsBackend {
  readonly #url: URL;

  /** @throws EmulatorError when `url` is not an http or https URL */
  constructor(url: string) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new EmulatorError(`CYBERDESK_WEBHOOKS_AWS_ENDPOINT "${url}" is not an http or https URL`, {
        next: 'correct or unset it',
      });
    }
    this.#url = new URL('/', url);
  }

  /** The emulator's account id. @throws EmulatorError when nothing answers */
  async account(): Promise<string> {
    const response = await this.handle(awsRequest('sts', 'GetCallerIdentity', {})).catch((error: Error) => {
      throw new EmulatorError(
        `CYBERDESK_WEBHOOKS_AWS_ENDPOINT ${this.#url.href} cannot be reached (${reasonOf(error)})`,
        { next: 'start the emulator, or unset the variable to use the built-in ones', cause: error },
      );
    });
    return /<Account>(\d+)<\/Account>/.exec(response.body.toString())?.[1] ?? '000000000000';
  }

  async handle({ headers, body }: AwsRequest): Promise<AwsResponse> {
    const target = headers['x-amz-target'];
    const response = await fetch(this.#url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        authorization: (headers.authorization ?? '').replace(
          /Credential=[^/]+/,
          `Credential=${ACCESS_KEY_ID}`,
        ),
        'content-type': headers['content-type'] ?? '',
        'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
        ...(typeof target === 'string' && { 'x-amz-target': target }),
      },
      body: new Uint8Array(body),
    });
    return {
      status: response.status,
      headers: Object.fromEntries([...response.headers].filter(([name]) => KEPT_HEADERS.includes(name))),
      body: Buffer.from(await response.arrayBuffer()),
    };
  }

  async close(): Promise<void> {}
}
