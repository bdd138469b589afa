# A client of gRPC's other implementation (C-core): what it is told on stdin, a message a line, it sends to the socket.
import base64
import sys

import grpc

SERVICE = "/plugin.ConfigManagementPluginService/"
# By default it sends the socket's path as `:authority`, as Argo CD does, whose own is the second.
AUTHORITIES = [[], [("grpc.default_authority", "home%2Fargocd%2Fcmp-server%2Fplugins%2Fvault-render.sock")]]

messages = [base64.b64decode(line) for line in sys.stdin]
for options in AUTHORITIES:
    with grpc.insecure_channel("unix:" + sys.argv[1], options) as channel:
        for _ in range(3):
            check = channel.unary_unary(SERVICE + "CheckPluginConfiguration")
            print("OK", base64.b64encode(check(b"", timeout=60)).decode())
            generate = channel.stream_unary(SERVICE + "GenerateManifest")
            try:
                print("OK", base64.b64encode(generate(iter(messages), timeout=60)).decode())
            except grpc.RpcError as error:
                print(error.code().name, error.details().splitlines()[0])
