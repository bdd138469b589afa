# The image: one static binary and nothing else. No shell, no package manager, uid 999 (Argo CD's user).
#
#   docker buildx build --platform linux/amd64,linux/arm64 -t vault-render .
#
# The binary brings Mozilla's CA roots along and prefers the system's: mount or copy yours to /etc/ssl/certs/ca-certificates.crt.

FROM --platform=$BUILDPLATFORM rust:1.95-bookworm AS build
ARG TARGETARCH
RUN case "${TARGETARCH:-$(uname -m)}" in arm64 | aarch64) machine=aarch64 package=aarch64 cross=arm64 ;; *) machine=x86_64 package=x86-64 cross=amd64 ;; esac \
 && rustup target add "$machine-unknown-linux-musl" \
 && if [ "$(uname -m)" != "$machine" ]; then \
      apt-get update \
      && apt-get install -y --no-install-recommends "gcc-$package-linux-gnu" "libc6-dev-$cross-cross" \
      && rm -rf /var/lib/apt/lists/*; \
    fi
WORKDIR /src
COPY . .
RUN tests/packaging/build "$TARGETARCH"

FROM scratch
COPY --from=build --chmod=555 /src/target/static/*/vault-render /usr/local/bin/vault-render
COPY --chmod=444 plugin.yaml /home/argocd/cmp-server/config/plugin.yaml
USER 999:999
ENTRYPOINT ["/usr/local/bin/vault-render"]
