import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { server } from "../src/server.js";

let base;

before(async () => {
  await new Promise((ready) => server.listen(0, ready));
  base = `http://localhost:${server.address().port}`;
});

after(() => server.close());

test("an article is found by its id", async () => {
  const response = await fetch(`${base}/articles/1`);
  assert.equal(response.status, 200);
  assert.equal((await response.json()).name, "lamp");
});

test("an unknown article is not found", async () => {
  assert.equal((await fetch(`${base}/articles/9`)).status, 404);
});
