//! `helm template` as a command: the release, the cluster's versions and the values from Argo CD's variables, and the flags
//! that a tenant may use.

use std::path::{Path, PathBuf};

use super::allow::{Flag, Rule, Said};
use super::command::{Command, Given};
use super::environment::environment;
use super::named::{Names, named};
use super::parameter::{self, Parameters};
use super::{Tool, below, collect, dependencies};
use crate::error::{Error, Errors, Kind};

/// The flags of `helm template` with something to say about tenants; what is not here is not for them.
const FLAGS: &[Flag] = &[
    Flag::new("--set", Rule::Text),
    Flag::new("--set-string", Rule::Text),
    Flag::new("--set-json", Rule::Text),
    Flag::new("--set-literal", Rule::Text),
    Flag::new("--set-file", Rule::KeyFile),
    Flag::new("--values", Rule::Files).letter('f'),
    Flag::new("--include-crds", Rule::Switch),
    Flag::new("--skip-crds", Rule::Switch),
    Flag::new("--skip-tests", Rule::Switch),
    Flag::new("--no-hooks", Rule::Switch),
    Flag::new("--skip-schema-validation", Rule::Switch),
    Flag::new("--is-upgrade", Rule::Switch),
    Flag::new("--namespace", Rule::Text).letter('n'),
    Flag::new("--kube-version", Rule::Text),
    Flag::new("--api-versions", Rule::Text).letter('a'),
    Flag::refused("--post-renderer", RUNS).names(Names::Program),
    Flag::refused("--post-renderer-args", RUNS),
    Flag::refused("--name-template", "is a template that reads the environment"),
    Flag::refused("--generate-name", "names another release at each run"),
    Flag::refused("--output-dir", "writes files"),
    Flag::refused("--dependency-update", "downloads charts that no Chart.lock names"),
    Flag::refused("--repo", ELSEWHERE),
    Flag::refused("--version", ELSEWHERE),
    Flag::refused("--username", ELSEWHERE),
    Flag::refused("--password", ELSEWHERE),
    Flag::refused("--pass-credentials", ELSEWHERE),
    Flag::refused("--plain-http", ELSEWHERE),
    Flag::refused("--insecure-skip-tls-verify", ELSEWHERE),
    Flag::refused("--verify", FILES),
    Flag::refused("--keyring", FILES).names(Names::Files),
    Flag::refused("--ca-file", FILES).names(Names::Files),
    Flag::refused("--cert-file", FILES).names(Names::Files),
    Flag::refused("--key-file", FILES).names(Names::Files),
    Flag::refused("--registry-config", FILES).names(Names::Files),
    Flag::refused("--repository-config", FILES).names(Names::Files),
    Flag::refused("--repository-cache", FILES).names(Names::Files),
    Flag::refused("--content-cache", FILES).names(Names::Files),
    Flag::refused("--kubeconfig", CLUSTER).names(Names::Files),
    Flag::refused("--kube-context", CLUSTER),
    Flag::refused("--kube-apiserver", CLUSTER),
    Flag::refused("--kube-token", CLUSTER),
    Flag::refused("--kube-as-user", CLUSTER),
    Flag::refused("--kube-as-group", CLUSTER),
    Flag::refused("--kube-ca-file", CLUSTER).names(Names::Files),
    Flag::refused("--kube-tls-server-name", CLUSTER),
    Flag::refused("--kube-insecure-skip-tls-verify", CLUSTER),
    Flag::refused("--validate", CLUSTER),
    Flag::refused("--dry-run", CLUSTER),
    Flag::refused("--enable-dns", "asks name servers"),
    Flag::refused("--debug", "prints values"),
];

const RUNS: &str = "runs a program";
const ELSEWHERE: &str = "is about a chart from elsewhere";
const FILES: &str = "names a file of this machine";
const CLUSTER: &str = "talks to a cluster";

/// The tenant's words.
pub(super) const WORDS: &str = "ARGOCD_ENV_HELM_ARGS";

/// The tenant's values, as YAML.
pub(super) const VALUES: &str = "ARGOCD_ENV_HELM_VALUES";

/// What helps with helm's messages.
pub(super) const HINTS: &[(&str, &str)] = &[
    (
        "missing in charts/",
        "commit charts/, or a Chart.lock (`helm dependency update`): where charts/ is missing, what the lock names is fetched",
    ),
    (
        "don't meet the specifications of the schema",
        "a placeholder is text: where the schema wants something else, `--skip-schema-validation` leaves the schema out",
    ),
];

/// `helm template`, and before it what fetches the charts that are missing.
pub(super) fn commands(given: &Given<'_>, errors: &mut Errors) -> Vec<Command> {
    let mut commands = Vec::new();
    commands.extend(collect(dependencies::build(given), errors).flatten());
    commands.push(template(given, errors));
    commands
}

/// `helm template`. Of values, the later ones win: the Application's files, its YAML, single values, words, the operator's words.
fn template(given: &Given<'_>, errors: &mut Errors) -> Command {
    let parameters = parameter::read(given.variables, errors);
    let said = |variable| Said { flags: FLAGS, tool: "helm", variable, inside: given.inside };
    let tenant = said(WORDS).judge(given.get(WORDS).unwrap_or_default(), errors);
    let mut words = vec!["template".to_owned()];
    if !tenant.has("--skip-crds") {
        words.push("--include-crds".to_owned());
    }
    words.extend(cluster(given));
    for file in &parameters.values_files {
        words.extend(collect(said(parameter::VARIABLE).flag("--values", file), errors).into_iter().flatten());
    }
    let mut files = Vec::new();
    for (name, text) in [("parameter.yaml", parameters.values.as_deref()), ("environment.yaml", given.get(VALUES))] {
        if let Some(text) = text {
            let file = given.private.join(name);
            words.push(format!("--values={}", file.display()));
            files.push((file, text.to_owned()));
        }
    }
    words.extend(parameters.set.iter().map(|(key, value)| format!("--set={key}={}", escaped(value))));
    words.extend(tenant.words.into_iter().filter(|word| word != "--skip-crds"));
    words.extend(given.words.iter().cloned());
    words.push("--".to_owned());
    words.extend(collect(release(given, parameters), errors).flatten());
    Command {
        name: Tool::Helm.command(),
        program: given.helm.to_owned(),
        words,
        folder: given.folder.to_owned(),
        working_folder: given.working_folder.to_owned(),
        environment: environment(given),
        files,
        named: named(FLAGS, given.words, given.working_folder),
        talks: false,
        hints: HINTS,
    }
}

/// What Argo CD says of the cluster.
fn cluster(given: &Given<'_>) -> Vec<String> {
    let mut words = Vec::new();
    for (flag, variable) in [
        ("--namespace", "ARGOCD_APP_NAMESPACE"),
        ("--kube-version", "KUBE_VERSION"),
        ("--api-versions", "KUBE_API_VERSIONS"),
    ] {
        words.extend(given.get(variable).map(|value| format!("{flag}={value}")));
    }
    words
}

/// The release's name: the operator's, the Application's, or the Application itself without the namespace that Argo CD puts
/// before the name of one outside its own. Without any, helm's own default.
fn release(given: &Given<'_>, parameters: Parameters) -> Result<Option<String>, Error> {
    let application = || given.get("ARGOCD_APP_NAME").map(|name| name.rsplit('_').next().unwrap_or(name).to_owned());
    let own = given.release_name.map(str::to_owned);
    let name = own.or(parameters.release_name).or_else(application);
    match name {
        Some(name) if name.contains(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '-' | '.')) => {
            let error = Error::new(Kind::Setting, format!("`{name}` is no name of a release"));
            Err(error.hint("letters, digits, `-` and `.`: `--release-name`, the parameter `release-name`"))
        }
        name => Ok(name),
    }
}

/// A value for `--set`, its commas escaped as Argo CD does it; in a list they separate.
fn escaped(value: &str) -> String {
    if value.starts_with('{') && value.ends_with('}') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut before = ' ';
    for char in value.chars() {
        if char == ',' && before != '\\' {
            out.push('\\');
        }
        out.push(char);
        before = char;
    }
    out
}

/// The file of a template: helm names it below the chart's name, not below the folder.
pub(super) fn template_file(folder: &Path, origin: &str) -> Option<PathBuf> {
    origin.split_once('/').and_then(|(_, path)| below(folder, path))
}
