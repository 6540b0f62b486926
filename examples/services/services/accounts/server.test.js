import assert from "node:assert/strict";
import test from "node:test";
import { answer } from "./server.js";

test("what is asked for is answered", () => assert.deepEqual(answer("/me"), { name: "nobody" }));
test("nothing else is", () => assert.equal(answer("/else"), undefined));
