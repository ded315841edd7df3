import http from 'node:http';
import https from 'node:https';
import { readBody } from '../../ops/http/index.ts';
import { EmulatorFailed } from '../errors.ts';
import { awsRequest } from './caller.ts';
import type { AwsBackend, AwsRequest, AwsResponse } from './messages.ts';

/** Emulators tell accounts apart by the access key; this one means the default account everywhere. */
const accessKeyId = 'test';

/** Another AWS emulator that the user runs; calls go to it as they come, under a key that it knows. */
export class ExternalAws implements AwsBackend {
  private readonly url: URL;
  private readonly agent: http.Agent;

  /** @throws EmulatorFailed when the text is no http or https URL */
  constructor(url: string) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new EmulatorFailed(
        `CYBERDESK_WEBHOOKS_AWS_ENDPOINT "${url}" is no http or https URL: correct or unset it.`,
      );
    }
    this.url = new URL(url);
    const Agent = this.url.protocol === 'https:' ? https.Agent : http.Agent;
    this.agent = new Agent({ keepAlive: true });
  }

  /**
   * The emulator's account id.
   * @throws EmulatorFailed when nothing answers
   */
  async account(): Promise<string> {
    const response = await this.handle(awsRequest('sts', 'GetCallerIdentity', {})).catch(
      (error: NodeJS.ErrnoException) => {
        const why = error.code ?? error.message;
        throw new EmulatorFailed(
          `CYBERDESK_WEBHOOKS_AWS_ENDPOINT ${this.url.href} cannot be reached (${why}): start the emulator, or unset it to use the built-in ones.`,
          { cause: error },
        );
      },
    );
    return /<Account>(\d+)<\/Account>/.exec(response.body.toString())?.[1] ?? '000000000000';
  }

  handle(request: AwsRequest): Promise<AwsResponse> {
    const { authorization = '', 'content-type': contentType = '', 'x-amz-target': target } = request.headers;
    const headers = {
      host: this.url.host,
      authorization: authorization.replace(/Credential=[^/]+/, `Credential=${accessKeyId}`),
      'content-type': contentType,
      'content-length': request.body.length,
      'x-amz-date': `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`,
      ...(typeof target === 'string' && { 'x-amz-target': target }),
    };
    const client = this.url.protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      const sent = client.request(
        this.url,
        { agent: this.agent, method: 'POST', path: '/', headers },
        (response) => {
          readBody(response).then((body) => {
            const kept = ['content-type', 'x-amzn-query-error', 'x-amzn-errortype'].flatMap((name) => {
              const value = response.headers[name];
              return value === undefined ? [] : [[name, String(value)]];
            });
            resolve({ status: response.statusCode ?? 500, headers: Object.fromEntries(kept), body });
          }, reject);
        },
      );
      sent.on('error', reject);
      sent.end(request.body);
    });
  }

  async close(): Promise<void> {
    this.agent.destroy();
  }
}
