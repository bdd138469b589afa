//! A plugin's definition: ConfigManagementPlugin, or an entry of the chart's values or of argocd-cm, which have the same fields.

use super::command::script_at;
use super::generate;
use super::remarks::Remark;
use super::settings::Settings;
use super::shell;
use super::statement::{Effect, Site, Statement};
use super::text::Text;
use crate::yaml::tree::NodeId;

/// A plugin as a team has defined it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plugin {
    /// Its name, by which Applications call it: with the version, if it has one.
    pub name: String,
    /// Where it is defined.
    pub site: Site,
    /// Our command for the same; `None` if something stops or is not understood.
    pub command: Option<Vec<String>>,
    /// The Secret with settings that its command names.
    pub secret: Option<String>,
    /// Whether Applications are found by its discovery.
    pub has_discovery: bool,
    /// The Applications' variables that its commands name.
    pub variables: Vec<String>,
}

/// Reads a definition: `spec` has its fields. Returns `None` if its command has nothing to do with argocd-vault-plugin.
pub(super) fn read(
    text: &Text<'_>,
    name: &str,
    spec: NodeId,
    settings: &Settings,
    out: &mut Vec<Statement>,
) -> Option<Plugin> {
    if !text.all_texts(spec).iter().any(|text| text.contains("argocd-vault-plugin") || text.contains("avp ")) {
        return None;
    }
    let site = text.site(spec);
    let mut plugin = Plugin {
        name: match text.text_at(spec, &["version"]) {
            Some(version) => format!("{name}-{version}"),
            None => name.to_owned(),
        },
        site: site.clone(),
        command: None,
        secret: None,
        has_discovery: false,
        variables: variables(&text.all_texts(spec)),
    };
    for (field, node) in text.entries_at(spec, &[]) {
        let site = text.site(node);
        let mut say =
            |effect, subject: &str, words: &str| out.push(Statement::new(site.clone(), effect, subject, words));
        match field {
            "generate" => generate(text, node, &mut plugin, settings, out),
            "init" => init(text, node, out),
            "discover" => {
                plugin.has_discovery = true;
                let words = "goes: each Application names the plugin, those that name none today too; with a discovery that fails Argo CD applies the placeholders as they are";
                say(Effect::Changes, "discover", words);
            }
            "lockRepo" | "allowConcurrency" => say(Effect::Changes, field, "goes: it has no effect for a sidecar"),
            "preserveFileMode" => say(Effect::Changes, field, "goes: no file of the repository is run"),
            "provideGitCreds" if text.tree.text(node) == Some("true") => {
                say(
                    Effect::Stops,
                    field,
                    "helm and kustomize get no Git credentials: bring private bases into the repository",
                );
            }
            "parameters" => say(
                Effect::Changes,
                field,
                "ours announces its own: `release-name`, `values-files`, `values`, `helm-parameters`",
            ),
            "version" => say(Effect::Changes, field, "goes: Applications call ours by its name alone"),
            "name" | "provideGitCreds" => {}
            _ => say(Effect::NotUnderstood, field, "is no field of a plugin's definition"),
        }
    }
    Some(plugin)
}

/// `generate: {command: […], args: […]}`
fn generate(text: &Text<'_>, node: NodeId, plugin: &mut Plugin, settings: &Settings, out: &mut Vec<Statement>) {
    let words = words(text, node);
    let (site, steps) = match steps(text, &words) {
        Ok(steps) => steps,
        Err((site, reason)) => {
            out.push(Statement::new(
                site,
                Effect::NotUnderstood,
                "generate",
                format!("the script has {reason}: it is read only as far as pipes, `&&`, `||` and `;`"),
            ));
            return;
        }
    };
    let generator = generate::read(&steps);
    let said = |remark: &Remark| {
        let statement = Statement::new(site.below(remark.line), remark.effect, &*remark.subject, &*remark.text);
        Statement { is_first: remark.is_first, ..statement }
    };
    out.extend(generator.remarks.list.iter().map(said));
    for (line, name, value) in &generator.settings {
        out.extend(settings.read(name, Some(value), site.below(*line)));
    }
    plugin.secret.clone_from(&generator.secret);
    plugin.command =
        generator.command().filter(|_| !generator.settings.iter().any(|(_, name, value)| settings.stops(name, value)));
    if let Some(command) = &plugin.command {
        let subject = format!("generate of `{}`", plugin.name);
        out.push(Statement::new(site, Effect::Changes, subject, format!("becomes `{}`", command.join(" "))));
    }
}

fn init(text: &Text<'_>, node: NodeId, out: &mut Vec<Statement>) {
    let words = words(text, node);
    let line: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
    let whole = line.join(" ");
    let (effect, words) = match whole.contains("dependency build") || whole.contains("dep build") {
        true if !whole.contains("&&") && !whole.contains('|') => {
            (Effect::Changes, "goes: `vault-render build` does it where a Chart.lock names charts")
        }
        _ if whole.contains("dependency update") || whole.contains("dep up") => (
            Effect::Changes,
            "goes: commit the Chart.lock, whose charts `vault-render build` fetches; `AVP_TOOL_HOSTS` lets helm reach their hosts",
        ),
        _ => (Effect::NotUnderstood, "vault-render runs nothing before it reads the folder"),
    };
    out.push(Statement::new(text.site(node), effect, "init", words));
}

/// The words of `command` and `args`.
fn words<'t>(text: &'t Text<'_>, node: NodeId) -> Vec<(NodeId, &'t str)> {
    [text.texts_at(node, &["command"]), text.texts_at(node, &["args"])].concat()
}

type Read = Result<(Site, Vec<shell::Step>), (Site, String)>;

/// The pipelines of a command, and where they begin: of a shell's script, or the one command of its words.
fn steps(text: &Text<'_>, words: &[(NodeId, &str)]) -> Read {
    let Some((first, _)) = words.first() else {
        return Err((Site { file: String::new(), line: 0 }, "no command".to_owned()));
    };
    let texts: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
    if let Some(at) = script_at(&texts) {
        return match at.map(|at| words[at]) {
            Some((node, script)) => {
                let site = text.site_of_text(node);
                shell::read(script).map(|steps| (site.clone(), steps)).map_err(|reason| (site, reason))
            }
            None => Err((text.site(*first), "no script behind `-c`".to_owned())),
        };
    }
    let words = words.iter().map(|(_, word)| (*word).to_owned()).collect();
    let command = shell::Command { words, ..shell::Command::default() };
    Ok((text.site(*first), vec![shell::Step { joint: shell::Joint::Always, line: 0, commands: vec![command] }]))
}

/// The names of the Applications' variables in some texts, without Argo CD's prefix.
fn variables(texts: &[&str]) -> Vec<String> {
    const PREFIX: &str = "ARGOCD_ENV_";
    let names = |text: &&str| {
        let parts = text.split(PREFIX).skip(1);
        let name = |part: &str| {
            part.chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '_').collect::<String>()
        };
        parts.map(name).collect::<Vec<_>>()
    };
    let mut found: Vec<String> = texts.iter().flat_map(names).collect();
    found.sort();
    found.dedup();
    found
}
