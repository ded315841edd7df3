/** What a function may answer; no field is certain to have its type. */
interface FunctionResponse {
  statusCode: unknown;
  headers?: Record<string, unknown>;
  body?: unknown;
  isBase64Encoded?: boolean;
  cookies?: string[];
}

/**
 * Reads a function's response in payload format 2.0. Anything without a `statusCode` becomes a JSON body with 200.
 * @returns undefined for a response that API Gateway turns into a 500
 */
export function gatewayResponse(payload: string) {
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const json = { 'content-type': 'application/json' };
  if (answer === null || typeof answer !== 'object' || !('statusCode' in answer)) {
    return { status: 200, headers: json, body: Buffer.from(payload) };
  }
  const { statusCode, headers = {}, body = '', isBase64Encoded, cookies }: FunctionResponse = answer;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (typeof body !== 'string') return undefined;
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return {
    status,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(given),
      ...(cookies && { 'set-cookie': cookies }),
    },
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
