import type { AwsRequest, AwsResponse } from '../../local/emulators/messages.ts';

const RETURNED_HEADERS = ['content-type', 'x-amzn-query-error', 'x-amzn-errortype'];

/** What is sent in place of parts of a request. */
interface Changes {
  readonly headers?: Readonly<Record<string, string>>;
  readonly parameters?: object;
  readonly signal?: AbortSignal;
}

/** Passes a call on to a server. */
export async function passOn(
  url: string,
  { headers, body }: AwsRequest,
  { headers: more, parameters, signal }: Changes = {},
): Promise<AwsResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: headers.authorization ?? '',
      'content-type': headers['content-type'] ?? '',
      'x-amz-target': String(headers['x-amz-target']),
      ...more,
    },
    body: parameters === undefined ? new Uint8Array(body) : JSON.stringify(parameters),
    signal: signal ?? null,
  });
  return {
    status: response.status,
    headers: Object.fromEntries([...response.headers].filter(([name]) => RETURNED_HEADERS.includes(name))),
    body: Buffer.from(await response.arrayBuffer()),
  };
}
