import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Reveals nothing to a stranger: Svix stores responses, and its portal shows them. */
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
