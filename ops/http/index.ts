export { sendBytes, sendJson } from './answer.ts';
export { BodyTooLargeError, readBody } from './body.ts';
export { isLoopbackHost, isOwnRequest, isSameOrigin } from './guard.ts';
export { compilePath, createRouter, type PathParameters } from './router.ts';
export { LoopbackServer, pathOf, queryOf } from './server.ts';
