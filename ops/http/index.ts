export { BodyTooLargeError, readBody, sendBytes, sendJson } from './message.ts';
export { compilePath, createRouter, type PathParameters } from './router.ts';
export { isLoopbackHost, isOwnRequest, isSameOrigin, LoopbackServer, pathOf, queryOf } from './server.ts';
