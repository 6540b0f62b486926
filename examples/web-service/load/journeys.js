import { check } from "k6";
import http from "k6/http";

export const options = {
  vus: 20,
  duration: "5m",
  thresholds: {
    http_req_duration: ["p(95)<300"],
    http_req_failed: ["rate<0.01"],
  },
};

export default function () {
  check(http.get(`${__ENV.BASE_URL}/`), { "is served": (answer) => answer.status === 200 });
}
