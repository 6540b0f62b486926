import assert from "node:assert/strict";
import test from "node:test";
import { balance } from "../ledger.js";

test("nothing booked is nothing", () => assert.equal(balance([]), 0));
test("what was booked is added up", () => assert.equal(balance([100, -250]), -150));
