import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What a connection does when a request arrives on it; `before`: how many connections there were before it. */
type Serve = (socket: Socket, before: number) => void;

/**
 * A service that accepts every connection, at the URL that it resolves to.
 *
 * @param onFinished Registers what closes it.
 * @param serve By default it never answers.
 */
export async function hangingService(
  onFinished: (close: () => void) => void,
  serve: Serve = () => {},
): Promise<URL> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const before = sockets.push(socket) - 1;
    socket.on('error', () => {});
    socket.once('data', () => serve(socket, before));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
