# The image: one static binary and nothing else. No shell, no package manager, uid 999 (Argo CD's user).
#
#   docker buildx build --platform linux/amd64,linux/arm64 -t vault-render .
#
# The binary brings Mozilla's CA roots along and prefers the system's: mount or copy yours to /etc/ssl/certs/ca-certificates.crt.

FROM --platform=$BUILDPLATFORM rust:1.95-bookworm AS build
ARG TARGETARCH
# clang compiles ring's C and assembly for either architecture; Rust's own linker does the rest.
RUN apt-get update && apt-get install -y --no-install-recommends clang lld && rm -rf /var/lib/apt/lists/*
RUN case "$TARGETARCH" in \
      amd64) echo x86_64-unknown-linux-musl ;; \
      arm64) echo aarch64-unknown-linux-musl ;; \
      *) echo "no such architecture: $TARGETARCH" >&2; exit 1 ;; \
    esac > /target && rustup target add "$(cat /target)"
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src ./src
COPY benches ./benches
COPY tests ./tests
COPY README.md LICENSE ./
# The C of ring needs headers only for its types: those of the host serve, nothing of the host's libc is linked.
RUN CC=clang RUSTFLAGS='-C linker=rust-lld -C link-self-contained=yes' \
      cargo build --release --locked --target "$(cat /target)" --bin vault-render \
 && cp "target/$(cat /target)/release/vault-render" /vault-render

FROM scratch
COPY --from=build --chmod=555 /vault-render /usr/local/bin/vault-render
COPY --chmod=444 plugin.yaml /home/argocd/cmp-server/config/plugin.yaml
USER 999:999
ENTRYPOINT ["/usr/local/bin/vault-render"]
