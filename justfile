# The tasks of this project. `just ci` is what CI runs.

# Lists these recipes.
default:
    @{{ just_executable() }} --list --unsorted

# Everything that must hold before a merge.
ci: check test static site

# Everything but the tests and the static binary.
check: fmt lint doc deny fuzz-check

# The code is formatted.
fmt:
    cargo fmt --all --check

# No warning, in the benchmarks neither.
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# All tests; those that need the real servers say so when these are missing.
test:
    cargo test --workspace --locked

# The reference documentation builds without a warning.
doc:
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items --locked

# Writes the pages of docs/ that are made from tables in the code.
docs:
    for page in backends doctor metrics modifiers rules settings; do cargo run --quiet --locked -- docs $page > docs/$page.md; done

# Builds the documentation as a site, in target/site.
site:
    docs/site/build

# Licences, sources, bans, and known vulnerabilities where their database can be had.
deny:
    cargo deny --locked check licenses bans sources
    @if cargo deny --locked fetch db 2> /dev/null; then cargo deny --locked check advisories; else echo 'deny: the database of advisories cannot be fetched here, so they are not checked'; fi

# Builds the real servers that the tests talk to (Go 1.26, 15 minutes, once).
servers *NAMES:
    tests/servers/build {{ NAMES }}

# The fuzz targets compile.
fuzz-check:
    @if [ -f fuzz/Cargo.toml ]; then cargo check --locked --manifest-path fuzz/Cargo.toml --target-dir "${CARGO_TARGET_DIR:-target}"; else echo 'fuzz-check: no fuzz targets yet'; fi

# The static binary: it names no folder of this machine, and works as uid 999 in an empty read-only root.
static:
    tests/packaging/build
    tests/packaging/no-paths
    tests/packaging/empty-root

# Makes a release in target/dist, of the version in Cargo.toml; an hour, as it builds everything twice. It publishes nothing.
release VERSION *OPTIONS:
    packaging/release {{ VERSION }} {{ OPTIONS }}
