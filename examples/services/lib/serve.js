import { createServer } from "node:http";

/** Serves `answer(path)` as JSON, and the digest of the image at `/healthz`. */
export function serve(answer) {
  return createServer((request, response) => {
    const body = request.url === "/healthz" ? { digest: process.env.IMAGE_DIGEST ?? "" } : answer(request.url);
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { error: "not found" }));
  });
}
