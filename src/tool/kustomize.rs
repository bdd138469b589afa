//! `kustomize build` as a command, and the flags that a tenant may use.

use super::allow::{Flag, Rule, Said};
use super::command::{Command, Given};
use super::environment::environment;
use super::named::{Names, named};
use super::{Tool, references};
use crate::error::Errors;

/// The flags of `kustomize build` with something to say about tenants; what is not here is not for them.
const FLAGS: &[Flag] = &[
    Flag::new("--helm-kube-version", Rule::Text),
    Flag::new("--helm-api-versions", Rule::Text),
    Flag::refused("--enable-helm", "runs helm with words that a kustomization chooses"),
    Flag::refused("--helm-command", RUNS).names(Names::Program),
    Flag::refused("--enable-exec", RUNS).names(Names::RunsRepository),
    Flag::refused("--enable-alpha-plugins", RUNS).names(Names::RunsRepository),
    Flag::refused("--load-restrictor", "reads files outside the kustomization"),
    Flag::refused("--env", CONTAINER).letter('e'),
    Flag::refused("--mount", CONTAINER),
    Flag::refused("--network", CONTAINER),
    Flag::refused("--network-name", CONTAINER),
    Flag::refused("--as-current-user", CONTAINER),
    Flag::refused("--output", "writes files").letter('o'),
];

const RUNS: &str = "runs a program";
const CONTAINER: &str = "is about functions in containers";

/// What helps with kustomize's messages.
const HINTS: &[(&str, &str)] = &[
    (
        "external plugins disabled",
        "a function runs a program: the operator's `-- --enable-alpha-plugins --enable-exec` allows it",
    ),
    ("must specify --enable-helm", "the operator's `-- --enable-helm` lets kustomize run helm"),
    (
        "is not in or below",
        "copy the file below the kustomization, or make a base of its folder; the operator's `-- --load-restrictor=LoadRestrictionsNone` allows it",
    ),
];

/// The tenant's words.
pub(super) const WORDS: &str = "ARGOCD_ENV_KUSTOMIZE_BUILD_OPTIONS";

/// `kustomize build`; the operator's words come last.
pub(super) fn build(given: &Given<'_>, errors: &mut Errors) -> Command {
    references::check(given, errors);
    let said = Said { flags: FLAGS, tool: "kustomize", variable: WORDS, inside: given.inside };
    let tenant = said.judge(given.get(WORDS).unwrap_or_default(), errors);
    let mut words = vec!["build".to_owned()];
    let mut named = named(FLAGS, given.words, given.working_folder);
    if enables_helm(given.words) {
        words.extend(helm(given));
        named.run.push(given.helm.to_owned());
    }
    words.extend(tenant.words);
    words.extend(given.words.iter().cloned());
    words.push("--".to_owned());
    Command {
        name: Tool::Kustomize.command(),
        program: given.kustomize.to_owned(),
        words,
        folder: given.folder.to_owned(),
        working_folder: given.working_folder.to_owned(),
        environment: environment(given),
        files: Vec::new(),
        named,
        talks: false,
        hints: HINTS,
    }
}

/// Whether the operator lets kustomize run helm, which fetches charts into the kustomization.
pub(super) fn enables_helm(words: &[String]) -> bool {
    words.iter().any(|word| matches!(word.as_str(), "--enable-helm" | "--enable-helm=true"))
}

/// What helm needs to know if kustomize calls it.
fn helm(given: &Given<'_>) -> Vec<String> {
    let version = given.get("KUBE_VERSION").map(|version| format!("--helm-kube-version={version}"));
    let apis = given.get("KUBE_API_VERSIONS").unwrap_or_default().split(',').filter(|api| !api.is_empty());
    let apis = apis.map(|api| format!("--helm-api-versions={api}"));
    [format!("--helm-command={}", given.helm)].into_iter().chain(version).chain(apis).collect()
}
