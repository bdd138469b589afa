//! Containers of the repo-server: the sidecar, the download of argocd-vault-plugin, and where settings come from.

use super::settings::Settings;
use super::statement::{Effect, Statement};
use super::text::Text;
use crate::yaml::tree::NodeId;

/// Reads a pod's spec: of a Deployment or its patch, or of the chart's `repoServer`.
pub(super) fn read(text: &Text<'_>, spec: NodeId, settings: &Settings, out: &mut Vec<Statement>) {
    let lists =
        [("containers", true), ("extraContainers", true), ("sidecarContainers", true), ("initContainers", false)];
    for (list, may_serve) in lists {
        text.items_at(spec, &[list]).into_iter().for_each(|item| container(text, item, may_serve, settings, out));
    }
    // The chart's `repoServer` has the server's own environment beside its containers.
    environment(text, spec, settings, out);
    if let Some(node) =
        text.at(spec, &["automountServiceAccountToken"]).filter(|node| text.tree.text(*node) == Some("true"))
    {
        let words = "is not needed: our sidecar mounts a token of its own for the audience `vault`; add `audience=vault` to the Vault role";
        out.push(Statement::new(text.site(node), Effect::Changes, "automountServiceAccountToken", words));
    }
}

/// A container, which may serve plugins. One that only copies Argo CD's server for them does not.
fn container(text: &Text<'_>, node: NodeId, may_serve: bool, settings: &Settings, out: &mut Vec<Statement>) {
    let name = text.text_at(node, &["name"]).unwrap_or("?");
    let words: Vec<&str> = ["command", "args"]
        .iter()
        .filter_map(|field| text.at(node, &[field]))
        .flat_map(|node| text.all_texts(node))
        .collect();
    let has = |part: &str| words.iter().any(|word| word.contains(part));
    let (site, subject) = (text.site(node), format!("container `{name}`"));
    if may_serve && has("argocd-cmp-server") {
        let words = "stays until the last Application has moved; beside it comes the container `vault-render` of deploy/argocd/sidecar, whose image has no shell";
        out.push(Statement::new(site, Effect::Changes, subject, words));
    } else if has("argocd-vault-plugin") {
        let words = "the download of argocd-vault-plugin goes at the end: vault-render comes as an image";
        out.push(Statement::new(site, Effect::Changes, subject, words));
    }
    environment(text, node, settings, out);
}

/// `env` and `envFrom` of a container.
fn environment(text: &Text<'_>, node: NodeId, settings: &Settings, out: &mut Vec<Statement>) {
    for item in text.items_at(node, &["env"]) {
        let Some(name) = text.text_at(item, &["name"]) else { continue };
        out.extend(settings.read(name, text.text_at(item, &["value"]), text.site(item)));
    }
    for item in text.items_at(node, &["envFrom"]) {
        for kind in ["secretRef", "configMapRef"] {
            if let Some(name) = text.text_at(item, &[kind, "name"]) {
                let words = "give the container `vault-render` the same, if it holds the settings";
                out.push(Statement::new(text.site(item), Effect::Stays, format!("envFrom `{name}`"), words));
            }
        }
    }
}
