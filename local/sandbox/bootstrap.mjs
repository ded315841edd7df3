// The program of a sandbox: a small client of the Lambda Runtime API, in JavaScript so that a cold start has no types
// to strip. It knows nothing about the stack; `aws-lambda-ric` can replace it.

import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

enableCompileCache();

const { env } = process;
const [host, port] = (env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Calls the Runtime API; resolves to headers and body. */
function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : Buffer.from(body);
    const sent = request(
      {
        host,
        port,
        agent,
        method,
        path: `/2018-06-01/runtime/${path}`,
        headers: payload === undefined ? headers : { ...headers, 'content-length': payload.length },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

/** An error in the format of the Node.js runtime. */
function report(error) {
  const known = error instanceof Error;
  return {
    errorType: known ? error.name : typeof error,
    errorMessage: known ? error.message : String(error),
    trace: known && error.stack ? error.stack.split('\n') : [],
  };
}

async function fail(path, error, type) {
  const body = { ...report(error), ...(type && { errorType: type }) };
  await call('POST', path, JSON.stringify(body), {
    'content-type': 'application/json',
    'lambda-runtime-function-error-type': body.errorType,
  });
}

/** As the runtime of Lambda does, in the log of whoever wrote the function. */
function logError(what, error) {
  const { trace: stack, ...said } = report(error);
  const facts = [new Date().toISOString(), current, 'ERROR', what, JSON.stringify({ ...said, stack })];
  console.error(facts.join('\t'));
}

async function load() {
  const [file, name] = (env._HANDLER ?? '').split('.');
  const found = ['.mjs', '.js', '.cjs']
    .map((end) => join(env.LAMBDA_TASK_ROOT ?? '', file + end))
    .find(existsSync);
  if (!found)
    throw Object.assign(new Error(`Cannot find module '${file}'`), { name: 'Runtime.ImportModuleError' });
  const module = await import(pathToFileURL(found).href);
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler === 'function') return handler;
  const error = new Error(`${env._HANDLER} is undefined or not exported`);
  throw Object.assign(error, { name: 'Runtime.HandlerNotFound' });
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

let current;
for (const [event, type] of [
  ['uncaughtException', 'Runtime.UncaughtException'],
  ['unhandledRejection', 'Runtime.UnhandledPromiseRejection'],
]) {
  process.on(event, (error) => {
    const path = current === undefined ? 'init/error' : `invocation/${current}/error`;
    if (current !== undefined) logError('Uncaught Exception', error);
    fail(path, error, type).finally(() => process.exit(129));
  });
}

let handler;
try {
  handler = await load();
} catch (error) {
  await fail('init/error', error);
  process.exit(1);
}

for (;;) {
  const next = await call('GET', 'invocation/next');
  current = String(next.headers['lambda-runtime-aws-request-id']);
  env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
  try {
    const result = await handler(JSON.parse(next.body.toString()), contextOf(next.headers));
    const text = JSON.stringify(result === undefined ? null : result);
    await call('POST', `invocation/${current}/response`, text, { 'content-type': 'application/json' });
  } catch (error) {
    logError('Invoke Error', error);
    await fail(`invocation/${current}/error`, error);
  }
  current = undefined;
}
