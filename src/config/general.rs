//! The settings that every run reads, with any store. Knows no store.

use std::path::PathBuf;
use std::time::Duration;

use super::format::{Choice, DURATION, Format, LIST, NUMBER, PATHS, SECRET, SIZE, SWITCH};
use super::key::{AnyKey, Key};
use super::role::{Role, Tighter};
use crate::escape::Escape;
use crate::redacted::Redacted;

/// Settings that tenants may choose in spite of the tenant rules.
pub(crate) const TENANT_SETTINGS: Key<Vec<String>> = Key::new(
    "AVP_TENANT_SETTINGS",
    "settings that tenants may choose in spite of the tenant rules",
    LIST,
    "VAULT_NAMESPACE",
    &[Role::Narrowing],
);

/// Whether there is a tenant outside Argo CD too.
pub(crate) const TENANT: Key<bool> = Key::new(
    "AVP_TENANT",
    "`true`: there is a tenant outside Argo CD too, whose are the repository, its `-c` files and its annotations",
    SWITCH,
    "true",
    &[Role::Ceiling(Tighter::On)],
)
.default("false")
.early();

/// The time of a run.
pub(crate) const TIMEOUT: Key<Duration> = Key::new(
    "AVP_TIMEOUT",
    "how long a run may take, helm, kustomize and all readings included; `0` is for ever",
    DURATION,
    "30s",
    &[Role::Ceiling(Tighter::Shorter)],
)
.default("0")
.default_in_argocd("50s");

/// What decides the type of a field.
pub(crate) const TYPES: Key<TypesBy> = Key::new(
    "AVP_TYPES",
    "what decides the type that a whole field is filled with: the `schema` of its kind, or `names` of fields alone",
    Format::choice(|| {
        vec![Choice { names: &["schema"], value: TypesBy::Schema }, Choice { names: &["names"], value: TypesBy::Names }]
    }),
    "names",
    &[Role::Free],
)
.default("schema")
.early();

/// What decides the type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypesBy {
    /// The schema of its kind where one is known, else its name.
    Schema,
    /// Its name.
    Names,
}

/// The files and folders with the schemas of a platform's own kinds.
pub(crate) const SCHEMA: Key<Vec<PathBuf>> = Key::new(
    "AVP_SCHEMA",
    "files and folders with CustomResourceDefinitions or OpenAPI documents, which tell the types of fields as those of `--schema` do",
    PATHS,
    "/etc/vault-render/crds",
    &[Role::Narrowing],
)
.early();

/// What filling does with a value that would break the JSON in a text.
pub(crate) const ESCAPE: Key<Escape> = Key::new(
    "AVP_ESCAPE",
    "what happens to a value inside JSON in a text: `auto` escapes it in each JSON string, unless its modifiers end in `jsonEscape`; \
     `check` puts it in as it is, and what breaks the JSON is an error; `off` does not look",
    Format::choice(|| {
        vec![
            Choice { names: &["auto"], value: Escape::Auto },
            Choice { names: &["check"], value: Escape::Check },
            Choice { names: &["off"], value: Escape::Off },
        ]
    }),
    "auto",
    &[Role::Free],
)
.default("check");

/// How many runs work at once.
pub(crate) const PARALLEL_RENDERS: Key<u64> = Key::new(
    "AVP_PARALLEL_RENDERS",
    "how many runs of this user that read what tenants wrote (all but `discover`) work at once, the others wait for their turn; \
     unset, all",
    NUMBER,
    "8",
    &[Role::Narrowing],
)
.early();

/// What helm and kustomize may read and execute beside the input.
pub(crate) const TOOL_PATHS: Key<Vec<PathBuf>> = Key::new(
    "AVP_TOOL_PATHS",
    "further files and folders that helm, kustomize and what they start may read and execute",
    PATHS,
    "/opt/mise",
    &[Role::Narrowing],
)
.early();

/// Which hosts helm and kustomize may reach.
pub(crate) const TOOL_HOSTS: Key<Vec<String>> = Key::new(
    "AVP_TOOL_HOSTS",
    "hosts that helm and kustomize may reach by https, `*` is any; unset, none with a tenant, else `*`",
    LIST,
    "charts.example.com github.com",
    &[Role::Narrowing],
)
.early();

/// How much memory helm and kustomize may write to, in bytes.
pub(crate) const TOOL_MEMORY: Key<u64> =
    Key::new("AVP_TOOL_MEMORY", "how much memory helm and kustomize may write to", SIZE, "2Gi", &[Role::Narrowing])
        .default("1Gi")
        .early();

/// How long a command of helm or kustomize may take.
pub(crate) const TOOL_TIMEOUT: Key<Duration> = Key::new(
    "AVP_TOOL_TIMEOUT",
    "how long a command of helm or kustomize may take, `0` is for ever",
    DURATION,
    "2m",
    &[Role::Narrowing],
)
.default("60s")
.early();

/// Whether helm and kustomize may run where this machine cannot contain them.
pub(crate) const UNCONTAINED_TOOLS: Key<bool> = Key::new(
    "AVP_UNCONTAINED_TOOLS",
    "`true` runs helm and kustomize where this machine cannot contain them, in spite of a tenant",
    SWITCH,
    "true",
    &[Role::Narrowing],
)
.default("false")
.early();

/// Whether the process that reads the manifests is another one than the one that holds the login.
pub(crate) const SEPARATE: Key<bool> = Key::new(
    "AVP_SEPARATE",
    "`true` reads manifests in a process of their own, which never holds the login: `generate`, `build` and `fn`",
    SWITCH,
    "true",
    &[Role::Narrowing],
)
.default("false")
.early();

/// The key of masks, unless `--mask-key` names a file. Runs with the same key have the same fingerprint for a value.
pub(crate) const MASK_KEY: Key<Redacted> = Key::new(
    "VAULT_RENDER_MASK_KEY",
    "the key of the fingerprints that stand for values in `diff`, `record` and with `--mask`, where it is made for each run if it is unset; and of the \
     salts of `bcrypt` and `htpasswd`, which need it or a salt of their own",
    SECRET,
    "9f86d081…",
    &[Role::Narrowing, Role::Credential],
)
.early();

/// All of them, in the order in which help and docs show them.
pub(crate) const SETTINGS: &[&dyn AnyKey] = &[
    &TENANT_SETTINGS,
    &TENANT,
    &TIMEOUT,
    &TYPES,
    &SCHEMA,
    &ESCAPE,
    &PARALLEL_RENDERS,
    &TOOL_PATHS,
    &TOOL_HOSTS,
    &TOOL_MEMORY,
    &TOOL_TIMEOUT,
    &UNCONTAINED_TOOLS,
    &SEPARATE,
    &MASK_KEY,
];
