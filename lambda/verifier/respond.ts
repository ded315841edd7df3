import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Tells a stranger nothing: Svix stores answers, and its portal shows them. */
export function respond(
  statusCode: number,
  outcome: string,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  const ok = statusCode < 300;
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(ok ? { status: outcome } : { error: outcome }),
  };
}
