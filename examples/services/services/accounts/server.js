import { serve } from "../../lib/serve.js";

export function answer(path) {
  return path === "/me" ? { name: "nobody" } : undefined;
}

if (process.argv[1]?.endsWith("server.js")) serve(answer).listen(8080);
