import { createServer } from "node:http";
import { all, find } from "./catalogue.js";

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

export const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const article = /^\/articles\/(\d+)$/.exec(pathname);
  if (pathname === "/health") return answer(response, 200, { ok: true });
  if (pathname === "/articles") return answer(response, 200, all());
  const found = article && find(Number(article[1]));
  return found ? answer(response, 200, found) : answer(response, 404, { error: "not found" });
});

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith("src/server.js")) {
  server.listen(Number(process.env.PORT ?? 8080));
}
