//! Which documents concern the plugin, and what is read of each. Every other one is passed over.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::settings::Settings;
use super::statement::{Effect, Site, Statement};
use super::text::Text;
use super::{Migration, application, plugin, pod};
use crate::source::Source;
use crate::yaml::split::split;
use crate::yaml::tree::NodeId;

/// The keys under which an umbrella chart has the values of the chart argo-cd.
const CHARTS: [&str; 3] = ["argo-cd", "argocd", "argoCD"];

/// Where the values of the chart argo-cd have argocd-cm's plugins.
const OF_VALUES: [&[&str]; 2] =
    [&["configs", "cm", "configManagementPlugins"], &["server", "config", "configManagementPlugins"]];

/// Where pods have their spec.
const POD: [&str; 3] = ["spec", "template", "spec"];

/// Reads the documents of a file.
pub(super) fn read(source: &Source, settings: &Settings, out: &mut Migration) {
    let mut lines = source.lines();
    for span in split(&source.bytes) {
        let site = Site { file: source.name.clone(), line: lines.number(span.start) };
        let document = String::from_utf8_lossy(&source.bytes[span.range()]);
        // A template of Helm's is no YAML: what it makes can be piped in.
        match Text::parse(&document, site) {
            Some(text) => {
                out.documents += 1;
                if let Some(root) = text.root() {
                    document_at(&text, root, settings, out);
                }
            }
            None if mentions_plugin(&document) && !out.unread.contains(&source.name) => {
                out.unread.push(source.name.clone())
            }
            None => {}
        }
    }
}

fn mentions_plugin(text: &str) -> bool {
    ["argocd-vault-plugin", "ConfigManagementPlugin", "configManagementPlugins", "AVP_"]
        .iter()
        .any(|word| text.contains(word))
}

/// Reads an object, or each of a List.
fn document_at(text: &Text<'_>, node: NodeId, settings: &Settings, out: &mut Migration) {
    let name = text.text_at(node, &["metadata", "name"]).unwrap_or("?").to_owned();
    let spec = text.at(node, &["spec"]);
    match (text.text_at(node, &["kind"]), spec) {
        (Some(kind), _) if kind.ends_with("List") => {
            text.items_at(node, &["items"]).into_iter().for_each(|item| document_at(text, item, settings, out));
        }
        (Some("ConfigManagementPlugin"), Some(spec)) => {
            let read = plugin::read(text, &name, spec, settings, &mut out.statements);
            out.plugins.extend(read);
        }
        (Some("ConfigMap"), _) => config_map(text, node, settings, out),
        (Some("Secret"), _) => secret(text, node, &name, settings, out),
        (Some("Deployment" | "StatefulSet"), _) => {
            text.at(node, &POD).into_iter().for_each(|pod| pod::read(text, pod, settings, &mut out.statements));
        }
        // The Argo CD of an operator's, as OpenShift GitOps has it.
        (Some("ArgoCD"), Some(spec)) => {
            text.at(spec, &["repo"]).into_iter().for_each(|repo| pod::read(text, repo, settings, &mut out.statements));
            if let Some((list, inner)) = text_of(text, spec, &["configManagementPlugins"]) {
                of_argocd_cm(inner, text.site_of_text(list), settings, out);
            }
        }
        (Some("Application"), Some(spec)) => out.applications.extend(application::read(text, &name, spec)),
        (Some("ApplicationSet"), _) => {
            let spec = text.at(node, &["spec", "template", "spec"]);
            let read = spec.map(|spec| application::read(text, &format!("{name} (ApplicationSet)"), spec));
            out.applications.extend(read.into_iter().flatten());
        }
        (Some("Kustomization"), _) => kustomization(text, node, settings, out),
        (None, _) if text.at(node, &["patches"]).is_some() => kustomization(text, node, settings, out),
        (None, _) => {
            values(text, node, settings, out);
            CHARTS.iter().filter_map(|name| text.at(node, &[name])).for_each(|node| values(text, node, settings, out));
        }
        _ => {}
    }
}

/// A ConfigMap with definitions, with argocd-cm's old ones, or with settings.
fn config_map(text: &Text<'_>, node: NodeId, settings: &Settings, out: &mut Migration) {
    for (key, value) in text.entries_at(node, &["data"]) {
        match text.tree.text(value) {
            Some(list) if key == "configManagementPlugins" => {
                of_argocd_cm(list, text.site_of_text(value), settings, out)
            }
            Some(inner) if inner.contains("ConfigManagementPlugin") => {
                within(inner, text.site_of_text(value), settings, out);
            }
            one => out.statements.extend(settings.read(key, one, text.site(value))),
        }
    }
}

/// The documents of a text that stands in a value.
fn within(inner: &str, site: Site, settings: &Settings, out: &mut Migration) {
    for span in split(inner.as_bytes()) {
        let before = inner[..span.start].matches('\n').count();
        match Text::parse(&inner[span.range()], site.below(before)) {
            Some(text) => text.root().into_iter().for_each(|root| document_at(&text, root, settings, out)),
            None => out.unread.push(site.file.clone()),
        }
    }
}

/// The plugins that Argo CD ran in the repo-server itself.
fn of_argocd_cm(list: &str, site: Site, settings: &Settings, out: &mut Migration) {
    let words = "Argo CD 2.8 and later run no plugins of argocd-cm: they need a sidecar, whatever the plugin is";
    out.statements.push(Statement::new(site.clone(), Effect::Changes, "configManagementPlugins", words));
    let Some(text) = Text::parse(list, site.clone()) else {
        out.unread.push(site.file);
        return;
    };
    for item in text.root().map(|root| text.items_at(root, &[])).into_iter().flatten() {
        let name = text.text_at(item, &["name"]).unwrap_or("?").to_owned();
        out.plugins.extend(plugin::read(&text, &name, item, settings, &mut out.statements));
    }
}

/// A Secret with settings: their names, and of the store and the login the values. No other value is looked at.
fn secret(text: &Text<'_>, node: NodeId, name: &str, settings: &Settings, out: &mut Migration) {
    let shown = |key: &str| matches!(key, "AVP_TYPE" | "AVP_AUTH_TYPE");
    let (mut is_ours, mut stops) = (false, false);
    for (field, is_encoded) in [("stringData", false), ("data", true)] {
        for (key, value) in text.entries_at(node, &[field]) {
            let written = text.tree.text(value).filter(|_| shown(key));
            let decoded =
                written.and_then(|written| if is_encoded { base64_text(written) } else { Some(written.to_owned()) });
            let statement = settings.read(key, decoded.as_deref().map(str::trim), text.site(value));
            is_ours |= statement.is_some();
            stops |= statement.as_ref().is_some_and(|statement| statement.effect == Effect::Stops);
            out.statements.extend(statement);
        }
    }
    if is_ours && !stops {
        let words = "the same Secret serves: `-s`, or `envFrom` of the container `vault-render`";
        out.statements.push(Statement::new(text.site(node), Effect::Stays, format!("Secret `{name}`"), words));
    }
}

/// The inline patches of a kustomization.
fn kustomization(text: &Text<'_>, node: NodeId, settings: &Settings, out: &mut Migration) {
    let patches = text.items_at(node, &["patches"]).into_iter().filter_map(|patch| text.at(patch, &["patch"]));
    let inline = patches.chain(text.items_at(node, &["patchesStrategicMerge"]));
    for patch in inline.collect::<Vec<_>>() {
        let Some(inner) = text.tree.text(patch).filter(|inner| mentions_plugin(inner)) else { continue };
        match inner.trim_start().starts_with('-') {
            true => {
                let words =
                    "a JSON patch is not read: pipe in what it makes, `kustomize build . | vault-render migrate -`";
                out.statements.push(Statement::new(text.site(patch), Effect::NotUnderstood, "patch", words));
            }
            false => within(inner, text.site_of_text(patch), settings, out),
        }
    }
}

/// Values of the chart argo-cd.
fn values(text: &Text<'_>, node: NodeId, settings: &Settings, out: &mut Migration) {
    for (name, spec) in text.entries_at(node, &["configs", "cmp", "plugins"]) {
        out.plugins.extend(plugin::read(text, name, spec, settings, &mut out.statements));
    }
    for path in OF_VALUES {
        if let Some((list, inner)) = text_of(text, node, path) {
            of_argocd_cm(inner, text.site_of_text(list), settings, out);
        }
    }
    if let Some(server) = text.at(node, &["repoServer"]) {
        pod::read(text, server, settings, &mut out.statements);
        for list in ["extraContainers", "initContainers"] {
            let template = text_of(text, server, &[list]).filter(|(_, inner)| mentions_plugin(inner));
            let words = "a template is not read: pipe in what it makes, `helm template … | vault-render migrate -`";
            out.statements.extend(
                template.map(|(list, _)| Statement::new(text.site(list), Effect::NotUnderstood, "containers", words)),
            );
        }
    }
}

/// The text at a path of keys, with its node.
fn text_of<'t>(text: &'t Text<'_>, node: NodeId, path: &[&str]) -> Option<(NodeId, &'t str)> {
    let node = text.at(node, path)?;
    Some((node, text.tree.text(node)?))
}

fn base64_text(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()
}
