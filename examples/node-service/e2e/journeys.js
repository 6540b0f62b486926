// What a customer does: looks at the list, opens an article.
import assert from "node:assert/strict";

const base = process.env.BASE_URL;
const articles = await (await fetch(`${base}/articles`)).json();
assert.ok(articles.length > 0, "the list is empty");
const first = await fetch(`${base}/articles/${articles[0].id}`);
assert.equal(first.status, 200);
