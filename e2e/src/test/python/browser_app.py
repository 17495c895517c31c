"""A web app for a browser window: NAME DOWNLOAD PORT PORT6 PORT2. Says who it is, and prints what its pages report.

PORT is on 127.0.0.1, PORT6 on ::1 alone, PORT2 on 127.0.0.2 alone. /download is the file DOWNLOAD, /leaks is leaks.html.
"""
import base64
import hashlib
import json
import pathlib
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME, DOWNLOAD = sys.argv[1], pathlib.Path(sys.argv[2])
PORT, PORT6, PORT2 = map(int, sys.argv[3:6])
LEAKS = pathlib.Path(__file__).with_name("leaks.html")
PRINTING = threading.Lock()

PAGE = """<!doctype html><title>The app %(name)s</title><link rel=icon href="data:,"><body><script>
const soon = (promise) => Promise.race([promise, new Promise((_, no) => setTimeout(() => no(new Error('late')), 15000))]);
const attempt = async (what) => { try { return await soon(what()); } catch (e) { return 'failed'; } };
const who = (base) => attempt(async () => (await fetch(base + '/who', { credentials: 'omit' })).text());
const socket = (url) => attempt(() => new Promise((yes, no) => {
  const ws = new WebSocket(url);
  ws.onopen = () => ws.send('ping');
  ws.onmessage = (m) => { ws.close(); yes(m.data); };
  ws.onerror = no;
}));
const worked = async () => {
  const workers = navigator.serviceWorker;
  const taken = new Promise((yes) => { if (workers.controller) yes(); else workers.oncontrollerchange = yes; });
  await workers.register('/worker.js');
  await taken;
  return (await fetch('/only-from-the-worker')).text();
};
const crossed = async (path) => (await fetch('http://127.0.0.1:%(port)d' + path, {
  method: 'POST', headers: { 'X-Asked': 'before' }, body: 'x',
})).text();
const rtc = () => attempt(() => new Promise((yes) => {
  const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:stun.holdfast.example:3478' }] });
  let found = 0;
  peer.onicecandidate = (e) => { if (e.candidate) found++; else yes(String(found)); };
  peer.createDataChannel('x');
  peer.createOffer().then((offer) => peer.setLocalDescription(offer));
  setTimeout(() => yes(String(found)), 3000);
}));
(async () => {
  const before = document.cookie;
  document.cookie = 'seen=%(name)s; max-age=86400';
  const stored = localStorage.getItem('seen') ?? '';
  localStorage.setItem('seen', '%(name)s');
  const report = {
    before, stored, origin: location.origin, secure: isSecureContext,
    token: new URLSearchParams(location.search).get('token') ?? '',
    localhost: await who('http://localhost:%(port)d'),
    four: await who('http://127.0.0.1:%(port)d'),
    six: await who('http://[::1]:%(port6)d'),
    sixByName: await who('http://localhost:%(port6)d'),
    other: await who('http://127.0.0.2:%(port2)d'),
    below: await who('http://foo.localhost:%(port)d'),
    any: await who('http://0.0.0.0:%(port)d'),
    hidden: await attempt(async () => (await fetch('http://127.0.0.1:%(port)d/hidden')).text()),
    shown: await attempt(async () => (await fetch('/hidden')).text()),
    nowhere: await who('http://localhost:8124'),
    internet: await who('http://192.0.2.1'),
    name: await who('http://www.holdfast.example'),
    socket: await socket('ws://localhost:%(port)d/socket'),
    worked: await attempt(worked),
    crossed: await attempt(() => crossed('/allowed')),
    forbidden: await attempt(() => crossed('/forbidden')),
    upload: await attempt(async () => (await fetch('/upload', { method: 'POST', body: new Uint8Array(3000000) })).text()),
    rtc: await rtc(),
    done: true,
  };
  await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
  if (new URLSearchParams(location.search).has('download')) location.href = '/download';
  while (new URLSearchParams(location.search).has('again')) {
    await new Promise((yes) => setTimeout(yes, 500));
    await attempt(() => fetch('/report', { method: 'POST', body: '{"again": "yes"}' }));
  }
})();
</script>"""

WORKER = """
self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (e) => {
  if (new URL(e.request.url).pathname === '/only-from-the-worker') e.respondWith(new Response('the worker'));
});
"""


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/socket":
            self.socket_echo()
        elif self.path == "/who":
            self.answer("text/plain", NAME)
        elif self.path == "/hidden":
            self.answer("text/plain", "for pages of the same origin", {"Access-Control-Allow-Origin": "http://localhost:1"})
        elif self.path == "/worker.js":
            self.answer("text/javascript", WORKER)
        elif self.path == "/download":
            name = {"Content-Disposition": "attachment; filename=" + DOWNLOAD.name}
            self.answer("application/octet-stream", DOWNLOAD.read_bytes(), name)
        elif self.path.startswith("/leaks?"):
            self.answer("text/html; charset=utf-8", LEAKS.read_text())
        elif self.path == "/" or self.path.startswith("/?"):
            values = {"name": NAME, "port": PORT, "port6": PORT6, "port2": PORT2}
            self.answer("text/html; charset=utf-8", PAGE % values)
        else:
            self.answer("text/plain", "no such page", status=404)

    def do_OPTIONS(self):
        """A preflight (Fetch 4.8): whether a page of another origin may send a field of its own."""
        self.answer("text/plain", "", {"Access-Control-Allow-Headers": "X-Asked"} if self.path == "/allowed" else None)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/report":
            with PRINTING:
                print("REPORT " + json.dumps(json.loads(body)), flush=True)
        self.answer("text/plain", str(len(body)))

    def answer(self, kind, text, more=None, status=200):
        body = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        fields = {"Content-Type": kind, "Content-Length": len(body), "Access-Control-Allow-Origin": "*"}
        for name, value in (fields | (more or {})).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def socket_echo(self):
        """RFC 6455: one short text message is sent back."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        head = self.rfile.read(2)
        mask = self.rfile.read(4)
        data = bytes(c ^ mask[i % 4] for i, c in enumerate(self.rfile.read(head[1] & 0x7F)))
        self.wfile.write(bytes([0x81, len(data)]) + data)
        self.close_connection = True

    def log_message(self, *_):
        pass


class Server6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


class Quiet(ThreadingHTTPServer):
    daemon_threads = True


servers = [Quiet(("127.0.0.1", PORT), App), Server6(("::1", PORT6), App), Quiet(("127.0.0.2", PORT2), App)]
for server in servers[1:]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("READY", flush=True)
servers[0].serve_forever()
