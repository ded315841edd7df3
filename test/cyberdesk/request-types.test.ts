import { expectTypeOf, it } from 'vitest';
import { file, objectWithId, objectWithItems } from '../../lambda/cyberdesk/decode.ts';
import type { TypedRequest } from '../../lambda/cyberdesk/request.ts';
import type { RunResponse } from '../../lambda/cyberdesk/types.ts';

// Checked by tsc, not at run time: it reports each `@ts-expect-error` that is not needed.
const misuses = (request: TypedRequest) => [
  // @ts-expect-error: no such path
  request('GET', '/v1/nothing', { decode: objectWithId }),
  // @ts-expect-error: the path has no such method
  request('POST', '/v1/health', { decode: objectWithId }),
  // @ts-expect-error: the path parameter is missing
  request('GET', '/v1/runs/{run_id}', { decode: objectWithId }),
  // @ts-expect-error: a path parameter that the path does not have
  request('GET', '/v1/runs', { path: { run_id: 'r' }, decode: objectWithItems }),
  // @ts-expect-error: the query has no such parameter
  request('GET', '/v1/runs', { query: { workflow: 'w' }, decode: objectWithItems }),
  // @ts-expect-error: the body is missing
  request('POST', '/v1/runs', { decode: objectWithId }),
  // @ts-expect-error: the body has the wrong shape
  request('POST', '/v1/runs', { body: { steps: [] }, decode: objectWithId }),
  // @ts-expect-error: a read has no body
  request('GET', '/v1/runs', { body: {}, decode: objectWithItems }),
  // @ts-expect-error: the answer has no `items`
  request('GET', '/v1/health', { decode: file }),
  // @ts-expect-error: the answer is JSON, not a file
  request('GET', '/v1/runs', { decode: file }),
];

it('a request that does not match the OpenAPI file does not compile', () => {
  expectTypeOf(misuses).returns.toBeArray();
});

it('a request returns the type that the OpenAPI file describes', () => {
  const getRun = (request: TypedRequest) =>
    request('GET', '/v1/runs/{run_id}', { path: { run_id: 'r' }, decode: objectWithId });
  expectTypeOf(getRun).returns.resolves.toHaveProperty('data');
  expectTypeOf<Awaited<ReturnType<typeof getRun>>['data']>().toExtend<RunResponse | undefined>();
});
