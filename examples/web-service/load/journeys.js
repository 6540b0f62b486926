import { check } from "k6";
import http from "k6/http";

export const options = {
  vus: 20,
  duration: "5m",
};

export default function () {
  check(http.get(`${__ENV.BASE_URL}/`), { "is served": (answer) => answer.status === 200 });
}
