"""A registry that serves the npm packages in a folder, and nothing else.

    npmregistry.py FOLDER FILE    writes its address to FILE
"""
import base64, hashlib, http.server, json, os, sys, tarfile, urllib.parse

packages = {}
for name in os.listdir(sys.argv[1]):
    file = os.path.join(sys.argv[1], name)
    with tarfile.open(file) as archive:
        manifest = json.load(archive.extractfile("package/package.json"))
    packages[manifest["name"]] = (manifest, name, open(file, "rb").read())


class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.unquote(self.path.split("?")[0]).lstrip("/")
        if path.startswith("-/"):
            body = next((data for _, name, data in packages.values() if name == path[2:]), None)
        elif path in packages:
            manifest, name, data = packages[path]
            integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
            version = manifest | {"dist": {"tarball": address + "/-/" + name, "integrity": integrity}}
            body = json.dumps({"name": path, "dist-tags": {"latest": manifest["version"]}, "versions": {manifest["version"]: version}}).encode()
        else:
            body = None
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"{}")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
address = "http://127.0.0.1:%d" % server.server_port
with open(sys.argv[2] + ".new", "w") as out:
    out.write(address)
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
