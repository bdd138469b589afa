//! `migrate`: what a team has for argocd-vault-plugin, line by line, and what becomes of it. Pure: texts in, statements out; no script is run
//! and nothing is guessed.

mod application;
mod command;
mod documents;
mod generate;
mod helm;
mod kustomize;
mod plugin;
mod pod;
mod remarks;
mod settings;
mod shell;
mod statement;
mod text;

use std::sync::Arc;

pub(crate) use application::Application;
pub(crate) use command::{Find, find, is_needless, own_command, own_words};
pub(crate) use plugin::Plugin;
pub(crate) use statement::{Effect, Statement};

use crate::source::Source;
use settings::Settings;

/// What a team has, and what becomes of it.
#[derive(Debug, Default)]
pub(crate) struct Migration {
    /// What is said of each line: what matters before everything else first, then in the order of the files.
    pub statements: Vec<Statement>,
    /// The plugins that run argocd-vault-plugin.
    pub plugins: Vec<Plugin>,
    /// The Applications that use one of them, or that Argo CD may find for one.
    pub applications: Vec<Application>,
    /// The number of documents that were read.
    pub documents: usize,
    /// The files of which something is not YAML.
    pub unread: Vec<String>,
}

/// Our definitions, one for each command, with the names of the plugins whose place they take.
pub(crate) struct Definition {
    /// Its name, by which Applications call it.
    pub name: String,
    /// The command.
    pub command: Vec<String>,
    /// The names of the plugins.
    pub replaces: Vec<String>,
}

/// Reads a team's files.
pub(crate) fn read(sources: &[Arc<Source>]) -> Migration {
    let settings = Settings::new();
    let mut migration = Migration::default();
    for source in sources {
        documents::read(source, &settings, &mut migration);
    }
    migration.read_applications(&settings);
    migration.statements.sort_by(|one, other| (!one.is_first, &one.site).cmp(&(!other.is_first, &other.site)));
    migration.statements.dedup();
    migration
}

impl Migration {
    /// Whether everything was understood, and nothing stops.
    pub(crate) fn is_clear(&self) -> bool {
        let is_open = |statement: &Statement| matches!(statement.effect, Effect::Stops | Effect::NotUnderstood);
        !self.statements.iter().any(is_open) && self.unread.is_empty()
    }

    /// Our definitions for the plugins whose commands are understood.
    pub(crate) fn definitions(&self) -> Vec<Definition> {
        let mut definitions: Vec<Definition> = Vec::new();
        for plugin in &self.plugins {
            let Some(command) = &plugin.command else { continue };
            match definitions.iter_mut().find(|definition| definition.command == *command) {
                Some(definition) => {
                    if !definition.replaces.contains(&plugin.name) {
                        definition.replaces.push(plugin.name.clone());
                    }
                }
                None => definitions.push(Definition {
                    name: String::new(),
                    command: command.clone(),
                    replaces: vec![plugin.name.clone()],
                }),
            }
        }
        let is_only = definitions.len() == 1;
        for definition in &mut definitions {
            definition.name = match &definition.replaces[0] {
                _ if is_only || definition.command.len() == 4 => "vault-render".to_owned(),
                old => format!("vault-render-{}", old.trim_start_matches("argocd-vault-plugin-")),
            };
        }
        definitions
    }

    /// The name of our definition for a plugin.
    pub(crate) fn new_name(&self, plugin: &str) -> Option<String> {
        let definitions = self.definitions();
        definitions.into_iter().find(|one| one.replaces.iter().any(|name| name == plugin)).map(|one| one.name)
    }

    /// The Applications that can move, each with the plugin that it names and ours.
    pub(crate) fn moving(&self) -> Vec<(&Application, Option<&str>, String)> {
        let moving = self.applications.iter().filter_map(|application| {
            let old = application.plugin.as_deref();
            let new = old.map_or_else(|| Some("vault-render".to_owned()), |old| self.new_name(old))?;
            Some((application, old, new))
        });
        moving.collect()
    }

    /// What becomes of the Applications, once all plugins are known. Of one whose plugin is not among them nothing is said.
    fn read_applications(&mut self, settings: &Settings) {
        let has_discovery = self.plugins.iter().any(|plugin| plugin.has_discovery);
        let is_ours = |application: &Application| match &application.plugin {
            Some(name) => {
                let is_known = self.plugins.iter().any(|plugin| plugin.name == *name);
                is_known || name.contains("argocd-vault-plugin") || name.contains("avp")
            }
            None => has_discovery || self.plugins.is_empty(),
        };
        let applications: Vec<Application> =
            std::mem::take(&mut self.applications).into_iter().filter(|application| is_ours(application)).collect();
        let mut statements = Vec::new();
        for application in &applications {
            let plugin =
                application.plugin.as_ref().and_then(|name| self.plugins.iter().find(|plugin| plugin.name == *name));
            statements.push(self.of_application(application));
            application.statements(plugin.map_or(&[], |plugin| &plugin.variables), settings, &mut statements);
        }
        self.statements.extend(statements);
        self.applications = applications;
    }

    fn of_application(&self, application: &Application) -> Statement {
        let subject = format!("Application `{}`", application.name);
        let say = |effect, text| Statement::new(application.site.clone(), effect, subject.clone(), text);
        let Some(old) = &application.plugin else {
            return say(
                Effect::Changes,
                "Argo CD finds its plugin by discovery: it gets `plugin: {name: vault-render}`".to_owned(),
            );
        };
        match (self.new_name(old), self.plugins.iter().any(|plugin| plugin.name == *old)) {
            (Some(new), _) => say(Effect::Changes, format!("`plugin.name: {old}` becomes `plugin.name: {new}`")),
            (None, true) => {
                say(Effect::Stops, format!("it stays with `{old}`, whose command stops or is not understood"))
            }
            (None, false) => say(
                Effect::NotUnderstood,
                format!("it names the plugin `{old}`, whose definition is not among these files"),
            ),
        }
    }
}
