# Three images, by target. They hold a binary that no machine's folders are in, and nothing of the build:
#
#   docker buildx build --platform linux/amd64,linux/arm64 -t vault-render .                        one static binary, no shell
#   docker buildx build --platform linux/amd64,linux/arm64 -t vault-render-tools --target tools .   with helm and kustomize, no shell
#   docker buildx build --platform linux/amd64,linux/arm64 -t vault-render-ci --target ci .         with a shell, git and curl too
#
# The first two run as uid 999 (Argo CD's user), for a sidecar; the third as root, as the jobs of a CI expect.
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
# What `vault-render version` says: --build-arg VAULT_RENDER_COMMIT="$(git rev-parse HEAD)" --build-arg VAULT_RENDER_BUILD_DATE="$(date -u +%FT%TZ)"
ARG VAULT_RENDER_COMMIT=unknown
ARG VAULT_RENDER_BUILD_DATE=unknown
RUN tests/packaging/build "$TARGETARCH"
# helm and kustomize need a folder for temporary files; where the root is read-only, mount one there.
RUN mkdir -p /empty/tmp && chmod 1777 /empty/tmp
# Under this name it takes the flags and the plugin.yaml of Argo CD's own server.
RUN mkdir -p /links/usr/local/bin && ln -s vault-render /links/usr/local/bin/argocd-cmp-server

# The helm and the kustomize that the tests run, of the same versions and checksums, static.
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS programs
ARG TARGETARCH
COPY tests/servers /src
RUN CGO_ENABLED=0 GOARCH=$TARGETARCH TEST_SERVERS=/programs /src/build helm4 kustomize

FROM debian:bookworm-slim AS ci
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl git \
 && rm -rf /var/lib/apt/lists/*
COPY --from=programs --chmod=555 /programs/bin/helm4 /usr/local/bin/helm
COPY --from=programs --chmod=555 /programs/bin/kustomize /usr/local/bin/kustomize
COPY --from=build --chmod=555 /src/target/static/*/vault-render /usr/local/bin/vault-render
CMD ["bash"]

FROM scratch AS tools
COPY --from=build /empty /
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=programs --chmod=555 /programs/bin/helm4 /usr/local/bin/helm
COPY --from=programs --chmod=555 /programs/bin/kustomize /usr/local/bin/kustomize
COPY --from=build --chmod=555 /src/target/static/*/vault-render /usr/local/bin/vault-render
COPY --from=build /links /
COPY --chmod=444 deploy/argocd/sidecar/plugin.yaml /home/argocd/cmp-server/config/plugin.yaml
ENV PATH=/usr/local/bin
USER 999:999
ENTRYPOINT ["/usr/local/bin/vault-render"]

# The last one is the default: what a build makes that names no target.
FROM scratch AS small
COPY --from=build --chmod=555 /src/target/static/*/vault-render /usr/local/bin/vault-render
COPY --from=build /links /
COPY --chmod=444 deploy/argocd/sidecar/plugin.yaml /home/argocd/cmp-server/config/plugin.yaml
ENV PATH=/usr/local/bin
USER 999:999
ENTRYPOINT ["/usr/local/bin/vault-render"]
