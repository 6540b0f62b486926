import { journeys } from "../../lib/journeys.js";

const [base, digest] = process.argv.slice(2);
await journeys(base, "orders", digest, ["/open"]);
