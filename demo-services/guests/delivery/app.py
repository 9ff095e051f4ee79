"""Delivery: says when a product will be there. A guest: Python's standard library and nothing else.

It knows no registry. Who calls it comes through its sidecar; whom it calls (inventory) it reaches through its sidecar, at ROSTER_UPSTREAM_INVENTORY.
"""

import json
import os
import re
import signal
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INVENTORY = os.environ["ROSTER_UPSTREAM_INVENTORY"]
# Seconds: whoever asks us waits less than half a second.
PATIENCE = 2
# Headers that make the call part of its caller's trace.
TRACE = ("traceparent", "tracestate", "baggage")


class Delivery(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/health":
            return self.answer(200, {"status": "ok"})
        found = re.fullmatch(r"/estimate/([a-z0-9-]{1,40})", self.path)
        if found is None:
            return self.answer(404, {"error": {"code": "UNKNOWN", "message": "There is nothing here"}})
        try:
            product = self.ask(f"{INVENTORY}/products/{found.group(1)}")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return self.answer(404, {"error": {"code": "UNKNOWN_PRODUCT", "message": "There is no such product"}})
            return self.answer(503, {"error": {"code": "NOT_NOW", "message": "inventory does not answer"}})
        except OSError:
            return self.answer(503, {"error": {"code": "NOT_NOW", "message": "inventory does not answer"}})
        return self.answer(200, {"sku": product["sku"], "days": 1 if product["available"] > 0 else 14})

    def ask(self, url):
        headers = {name: self.headers[name] for name in TRACE if self.headers[name]}
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE) as reply:
            return json.load(reply)

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.send_header("x-served-by", "delivery-1")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Delivery).serve_forever()
