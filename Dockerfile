# syntax=docker/dockerfile:1.7
# Rolecall in three steps: the playground, the server, a small image that runs as nobody in particular.
#
#   docker build -t rolecall .
#
# Dependencies are compiled before the sources arrive, so a change of code rebuilds the code alone; the cache mounts keep
# what cargo and npm downloaded between builds.

ARG RUST=1.95
ARG DEBIAN=bookworm
ARG NODE=22

# Only for its node and npm; the playground itself is bundled by build.rs in the step below.
FROM node:${NODE}-${DEBIAN}-slim AS node

FROM rust:${RUST}-slim-${DEBIAN} AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends cmake g++ make \
 && rm -rf /var/lib/apt/lists/*
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /build

# The dependencies, with empty crates in place of ours. Every benchmark that Cargo.toml names
# needs a file to point at.
COPY Cargo.toml Cargo.lock ./
COPY bench/Cargo.toml bench/Cargo.toml
COPY migration/Cargo.toml migration/Cargo.toml
RUN mkdir -p src bench/src migration/src benches \
 && touch src/lib.rs migration/src/lib.rs \
 && echo 'fn main() {}' | tee src/main.rs > bench/src/main.rs \
 && sed -n '/^\[\[bench\]\]/,/^$/s/^name = "\(.*\)"$/\1/p' Cargo.toml \
    | while read -r bench; do cp src/main.rs "benches/$bench.rs"; done
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    cargo build --profile dist --locked

# The sources. Cargo compares times of files, and a checkout may be older than the empty crates above.
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/root/.npm,sharing=locked \
    find build.rs src migration/src -type f -exec touch {} + \
 && cargo build --profile dist --locked --bin rolecall \
 && install -D target/dist/rolecall /out/rolecall

FROM debian:${DEBIAN}-slim
# `rolecall backup` calls pg_dump and pg_restore, which have to be as new as the server.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates postgresql-common tzdata \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install --yes --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 rolecall \
 && useradd --system --uid 10001 --gid rolecall --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin rolecall \
 && install --directory --owner=rolecall --group=rolecall --mode=0750 /var/lib/rolecall
COPY --from=build /out/rolecall /usr/local/bin/rolecall
COPY --from=build /build/LICENSE /build/NOTICE /usr/share/doc/rolecall/
ENV ROLECALL_LISTEN=0.0.0.0:8080 \
    ROLECALL_DATA_DIR=/var/lib/rolecall
USER 10001:10001
WORKDIR /var/lib/rolecall
VOLUME /var/lib/rolecall
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["rolecall", "health"]
ENTRYPOINT ["rolecall"]
CMD ["serve"]
