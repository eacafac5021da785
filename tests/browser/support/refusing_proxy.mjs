// An HTTP proxy that lets nobody through.
import { createServer } from "node:http";

export async function refusingProxy(status = 403) {
  const asked = [];
  const server = createServer();
  server.on("connect", (request, socket) => {
    asked.push(request.url);
    socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
  });
  await new Promise((go) => server.listen(0, "127.0.0.1", go));
  return { asked, port: server.address().port, stop: () => new Promise((go) => server.close(go)) };
}
