"""Replaces GitHub's API during a run: answers GET requests and GraphQL queries from a table, on a port of this machine.

The table is JSON: {path: answer}. A path has its query if there is one, and `{sha}` in it is replaced by the run's commit.
A path with an unknown query gets the answer of the path alone. An unknown path gets 404, so that a test can show that a
script fails closed. A query in GraphQL, whatever it asks, gets the answer of `/graphql`, which is one page.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Api:
    """A context that serves the API. `url` is its address, and `asked` lists the requests."""

    def __init__(self, table, sha):
        self.table = json.loads(json.dumps(table).replace("{sha}", sha))
        self.asked = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def handler(self):
        """A handler class for this table."""
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def do_GET(self):
                api.asked.append(self.path)
                known = next((path for path in (self.path, self.path.partition("?")[0]) if path in api.table), None)
                body = json.dumps({"message": "Not Found"} if known is None else api.table[known]).encode()
                self.send_response(404 if known is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
