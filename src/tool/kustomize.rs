//! `kustomize build` as a command, and the flags that a tenant may use.

use super::allow::{ArgumentPolicy, Flag, FlagRule};
use super::application::KUSTOMIZE_WORDS;
use super::command::{Command, ToolContext};
use super::environment::environment;
use super::operator_files::{Operand, operator_files};
use super::{Tool, references};
use crate::error::Errors;

/// The flags of `kustomize build` with what they are to tenants. A tenant may not use a flag that is not listed.
pub(super) const FLAGS: &[Flag] = &[
    Flag::new("--helm-kube-version", FlagRule::Text),
    Flag::new("--helm-api-versions", FlagRule::Text),
    Flag::refused("--enable-helm", "runs helm with words that a kustomization chooses"),
    Flag::refused("--helm-command", RUNS).operand(Operand::Program),
    Flag::refused("--enable-exec", RUNS).operand(Operand::RunsRepository),
    Flag::refused("--enable-alpha-plugins", RUNS).operand(Operand::RunsRepository),
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

/// Words of kustomize's messages, each with the hint that helps.
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

/// `kustomize build`; the operator's words come last.
pub(super) fn build(context: &ToolContext<'_>, errors: &mut Errors) -> Command {
    references::check(context, errors);
    let policy = |variable| ArgumentPolicy { flags: FLAGS, tool: "kustomize", variable, is_inside: context.is_inside };
    let tenant = context.of_application(KUSTOMIZE_WORDS).map(|words| policy(words.name).permit(words.value, errors));
    let mut words = vec!["build".to_owned()];
    let mut operator_files = operator_files(FLAGS, context.words, context.working_folder);
    if has_helm_enabled(context.words) {
        words.extend(helm(context));
        operator_files.run.push(context.helm.to_owned());
    }
    words.extend(tenant.unwrap_or_default().words);
    words.extend(context.words.iter().cloned());
    words.push("--".to_owned());
    Command {
        name: Tool::Kustomize.command(),
        program: context.kustomize.to_owned(),
        words,
        folder: Some(context.folder.to_owned()),
        working_folder: context.working_folder.to_owned(),
        environment: environment(context),
        files: Vec::new(),
        operator_files,
        logs_on_stdout: false,
        hints: HINTS,
    }
}

/// Whether the operator lets kustomize run helm, which fetches charts into the kustomization.
pub(super) fn has_helm_enabled(words: &[String]) -> bool {
    words.iter().any(|word| matches!(word.as_str(), "--enable-helm" | "--enable-helm=true"))
}

/// The flags with which kustomize calls helm.
fn helm(context: &ToolContext<'_>) -> Vec<String> {
    let version = context.get("KUBE_VERSION").map(|version| format!("--helm-kube-version={version}"));
    let apis = context.get("KUBE_API_VERSIONS").unwrap_or_default().split(',').filter(|api| !api.is_empty());
    let apis = apis.map(|api| format!("--helm-api-versions={api}"));
    [format!("--helm-command={}", context.helm)].into_iter().chain(version).chain(apis).collect()
}
