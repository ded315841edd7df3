import { type Server, startServer } from '../engines/server.ts';

/** Starts moto's server on this machine only. @throws ServerError */
export const startMoto = (): Promise<Server> =>
  startServer((port) => ['moto_server', '--host', '127.0.0.1', '--port', String(port)], '/moto-api/');
