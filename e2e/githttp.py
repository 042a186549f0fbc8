"""Serve a folder's git repositories over HTTP as GitHub serves a private one: to those alone who
send the job's token, and send it once.

    githttp.py FOLDER TOKEN FILE    the address is written to FILE
"""
import base64
import http.server
import os
import subprocess
import sys

folder, token, file = sys.argv[1:]
authorization = "basic " + base64.b64encode(b"x-access-token:" + token.encode()).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        given = [a.replace("Basic ", "basic ", 1) for a in self.headers.get_all("Authorization", [])]
        if given != [authorization]:
            self.send_response(400 if given else 401)
            self.send_header("WWW-Authenticate", "Basic")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        env = dict(
            os.environ,
            GIT_PROJECT_ROOT=folder,
            GIT_HTTP_EXPORT_ALL="1",
            REQUEST_METHOD=self.command,
            PATH_INFO=path,
            QUERY_STRING=query,
            CONTENT_TYPE=self.headers.get("Content-Type", ""),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""),
        )
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = subprocess.run(["git", "http-backend"], input=body, env=env, stdout=subprocess.PIPE, check=True).stdout
        head, _, body = answer.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(file + ".new", "w") as f:
    f.write("http://127.0.0.1:%d" % server.server_port)
os.rename(file + ".new", file)
server.serve_forever()
