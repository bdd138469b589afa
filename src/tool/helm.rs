//! `helm template` as a command: the release, the cluster's versions and the values from Argo CD's variables, and the flags
//! that a tenant may use.

use std::path::{Path, PathBuf};

use super::allow::{ArgumentPolicy, Flag, FlagRule};
use super::application::{HELM_VALUES, HELM_WORDS};
use super::command::{Command, PrivateFile, ToolContext};
use super::environment::environment;
use super::operator_files::{Operand, operator_files};
use super::parameter::{self, Parameters};
use super::{Tool, below, collect, dependencies};
use crate::error::{Error, Errors, Kind};

/// The flags of `helm template` with what they are to tenants. A tenant may not use a flag that is not listed.
pub(super) const FLAGS: &[Flag] = &[
    Flag::new("--set", FlagRule::Text),
    Flag::new("--set-string", FlagRule::Text),
    Flag::new("--set-json", FlagRule::Text),
    Flag::new("--set-literal", FlagRule::Text),
    Flag::new("--set-file", FlagRule::KeyFile),
    Flag::new("--values", FlagRule::Files).letter('f'),
    Flag::new("--include-crds", FlagRule::Switch),
    Flag::new("--skip-crds", FlagRule::Switch),
    Flag::new("--skip-tests", FlagRule::Switch),
    Flag::new("--no-hooks", FlagRule::Switch),
    Flag::new("--skip-schema-validation", FlagRule::Switch),
    Flag::new("--is-upgrade", FlagRule::Switch),
    Flag::new("--namespace", FlagRule::Text).letter('n'),
    Flag::new("--kube-version", FlagRule::Text),
    Flag::new("--api-versions", FlagRule::Text).letter('a'),
    Flag::refused("--post-renderer", RUNS).operand(Operand::Program),
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
    Flag::refused("--keyring", FILES).operand(Operand::Files),
    Flag::refused("--ca-file", FILES).operand(Operand::Files),
    Flag::refused("--cert-file", FILES).operand(Operand::Files),
    Flag::refused("--key-file", FILES).operand(Operand::Files),
    Flag::refused("--registry-config", FILES).operand(Operand::Files),
    Flag::refused("--repository-config", FILES).operand(Operand::Files),
    Flag::refused("--repository-cache", FILES).operand(Operand::Files),
    Flag::refused("--content-cache", FILES).operand(Operand::Files),
    Flag::refused("--kubeconfig", CLUSTER).operand(Operand::Files),
    Flag::refused("--kube-context", CLUSTER),
    Flag::refused("--kube-apiserver", CLUSTER),
    Flag::refused("--kube-token", CLUSTER),
    Flag::refused("--kube-as-user", CLUSTER),
    Flag::refused("--kube-as-group", CLUSTER),
    Flag::refused("--kube-ca-file", CLUSTER).operand(Operand::Files),
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

/// Words of helm's messages, each with the hint that helps.
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

/// `helm template`, after `helm dependency build` if charts are missing.
pub(super) fn commands(context: &ToolContext<'_>, errors: &mut Errors) -> Vec<Command> {
    let mut commands = Vec::new();
    commands.extend(collect(dependencies::build(context), errors).flatten());
    commands.push(template(context, errors));
    commands
}

/// `helm template`. Of values, the later ones win: the Application's files, its YAML, single values, words, the operator's words.
fn template(context: &ToolContext<'_>, errors: &mut Errors) -> Command {
    let parameters = parameter::read(context.variables, errors);
    let policy = |variable| ArgumentPolicy { flags: FLAGS, tool: "helm", variable, is_inside: context.is_inside };
    let tenant = context.of_application(HELM_WORDS).map(|words| policy(words.name).permit(words.value, errors));
    let tenant = tenant.unwrap_or_default();
    let mut words = vec!["template".to_owned()];
    if !tenant.has("--skip-crds") {
        words.push("--include-crds".to_owned());
    }
    words.extend(cluster(context));
    for file in &parameters.values_files {
        words.extend(collect(policy(parameter::VARIABLE).permit_flag("--values", file), errors).into_iter().flatten());
    }
    let files = values(context, &parameters);
    words.extend(files.iter().map(|file| format!("--values={}", file.path.display())));
    words.extend(parameters.set.iter().map(|(key, value)| format!("--set={key}={}", escaped(value))));
    words.extend(tenant.words.into_iter().filter(|word| word != "--skip-crds"));
    words.extend(context.words.iter().cloned());
    words.push("--".to_owned());
    words.extend(collect(release(context, parameters), errors).flatten());
    Command {
        name: Tool::Helm.command(),
        program: context.helm.to_owned(),
        words,
        folder: Some(context.folder.to_owned()),
        working_folder: context.working_folder.to_owned(),
        environment: environment(context),
        files,
        operator_files: operator_files(FLAGS, context.words, context.working_folder),
        logs_on_stdout: false,
        hints: HINTS,
    }
}

/// The values that the Application writes as YAML, each text as a file.
fn values(context: &ToolContext<'_>, parameters: &Parameters) -> Vec<PrivateFile> {
    let file = |name: &str, text: &str, called: &str| PrivateFile {
        path: context.private.join(name),
        text: text.to_owned(),
        name: called.to_owned(),
    };
    let parameter = parameters.values.as_deref().map(|text| file("parameter.yaml", text, "the parameter `values`"));
    let variable = context.of_application(HELM_VALUES);
    let variable = variable.map(|found| file("environment.yaml", found.value, &format!("`{}`", found.name)));
    parameter.into_iter().chain(variable).collect()
}

/// The flags about the cluster, from Argo CD's variables.
fn cluster(context: &ToolContext<'_>) -> Vec<String> {
    let mut words = Vec::new();
    for (flag, variable) in [
        ("--namespace", "ARGOCD_APP_NAMESPACE"),
        ("--kube-version", "KUBE_VERSION"),
        ("--api-versions", "KUBE_API_VERSIONS"),
    ] {
        words.extend(context.get(variable).map(|value| format!("{flag}={value}")));
    }
    words
}

/// The release's name: the operator's, the Application's, or the Application itself without the namespace that Argo CD puts
/// before the name of one outside its own. Without any, helm's own default.
fn release(context: &ToolContext<'_>, parameters: Parameters) -> Result<Option<String>, Error> {
    let application = || context.get("ARGOCD_APP_NAME").map(|name| name.rsplit('_').next().unwrap_or(name).to_owned());
    let own = context.release_name.map(str::to_owned);
    let name = own.or(parameters.release_name).or_else(application);
    match name {
        Some(name) if name.contains(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '-' | '.')) => {
            let error = Error::new(Kind::Setting, format!("`{name}` is not a valid name of a release"));
            Err(error.hint("letters, digits, `-` and `.`: `--release-name`, the parameter `release-name`"))
        }
        name => Ok(name),
    }
}

/// A value for `--set`, which keeps its backslashes and its commas. In a list, commas separate; `\,` is a comma everywhere, as Argo CD has it.
fn escaped(value: &str) -> String {
    let is_list = value.starts_with('{') && value.ends_with('}');
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' if chars.next_if_eq(&',').is_some() => out.push_str("\\,"),
            '\\' => out.push_str("\\\\"),
            ',' if !is_list => out.push_str("\\,"),
            '{' if !is_list && out.is_empty() => out.push_str("\\{"),
            char => out.push(char),
        }
    }
    out
}

/// The file of a template: helm names it below the chart's name, not below the folder.
pub(super) fn template_file(folder: &Path, origin: &str) -> Option<PathBuf> {
    origin.split_once('/').and_then(|(_, path)| below(folder, path))
}
