# A web app that notes each request that it runs: counting_app.py single|threaded LOG PORT
# GET /ID      answers "ID"
# GET /wait/ID answers "wait/ID" once the file LOG.go is there
import http.server
import os
import sys
import threading
import time

mode, log, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path[1:]
        with lock, open(log, "a") as file:
            file.write(name + "\n")
        while name.startswith("wait/") and not os.path.exists(log + ".go"):
            time.sleep(0.02)
        body = name.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Threaded(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


server = http.server.HTTPServer if mode == "single" else Threaded
server(("127.0.0.1", port), Handler).serve_forever()
