//! Applications and ApplicationSets that use a plugin.

use super::settings::Settings;
use super::statement::{Effect, Site, Statement};
use super::text::Text;
use crate::tool::Tool;
use crate::yaml::tree::NodeId;

/// An Application, or the template of an ApplicationSet, with the plugin that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    /// Its name.
    pub name: String,
    /// The plugin; `None` if Argo CD finds it by discovery.
    pub plugin: Option<String>,
    /// Where it names the plugin.
    pub site: Site,
    /// Its variables.
    pub(super) variables: Vec<Variable>,
}

/// A variable of an Application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) site: Site,
}

/// An Application's variables that `vault-render build` reads, by their names in capitals, and the tool that takes their words.
const VARIABLES: [(&str, Tool); 4] = [
    ("HELM_ARGS", Tool::Helm),
    ("HELM_VALUES", Tool::Plain),
    ("KUSTOMIZE_BUILD_OPTIONS", Tool::Kustomize),
    ("RELEASE_NAME", Tool::Plain),
];

/// The plugins of an Application's sources; `spec` has its fields.
pub(super) fn read(text: &Text<'_>, name: &str, spec: NodeId) -> Vec<Application> {
    let source = text.at(spec, &["source"]).into_iter().chain(text.items_at(spec, &["sources"]));
    let plugins = source.filter_map(|source| text.at(source, &["plugin"]));
    let read = |plugin: NodeId| Application {
        name: name.to_owned(),
        plugin: text.text_at(plugin, &["name"]).filter(|name| !name.is_empty()).map(str::to_owned),
        site: text.site(plugin),
        variables: text
            .items_at(plugin, &["env"])
            .into_iter()
            .filter_map(|item| {
                let name = text.text_at(item, &["name"])?.to_owned();
                let value = text.text_at(item, &["value"]).unwrap_or_default().to_owned();
                Some(Variable { name, value, site: text.site(item) })
            })
            .collect(),
    };
    plugins.map(read).collect()
}

impl Application {
    /// What moving does to the Application's variables. `named` are those that the plugin's own commands name.
    pub(super) fn statements(&self, named: &[String], settings: &Settings, out: &mut Vec<Statement>) {
        for Variable { name, value, site } in &self.variables {
            let capitals = name.to_ascii_uppercase();
            let bare = capitals.trim_start_matches("ARGOCD_ENV_");
            let (effect, text) = if let Some((_, tool)) = VARIABLES.iter().find(|(known, _)| *known == bare) {
                let refusals = tool.refusals(name, value);
                match refusals.iter().next() {
                    Some(refusal) => (Effect::Stops, refusal.in_one_line()),
                    None => (Effect::Stays, "`vault-render build` reads it".to_owned()),
                }
            } else if bare == "AVP_SECRET" {
                (
                    Effect::Stops,
                    "a tenant may not choose the Secret with the login: name it with `-s` in the definition".to_owned(),
                )
            } else if settings.is_one(bare) && settings.may_be_tenants(bare) {
                (Effect::Stays, "a tenant may choose it".to_owned())
            } else if settings.is_one(bare) {
                let text = format!(
                    "a tenant may not choose it, where the operator's credential would go elsewhere by it or a limit fall: \
                     `AVP_TENANT_SETTINGS={bare}` allows it, or the Application brings its own credential"
                );
                (Effect::Stops, text)
            } else if named.iter().any(|one| one.eq_ignore_ascii_case(bare)) {
                (Effect::NotUnderstood, "the command of the plugin reads it, and ours does not".to_owned())
            } else {
                (Effect::Changes, "nothing reads it, neither the plugin's command nor ours".to_owned())
            };
            out.push(Statement::new(site.clone(), effect, format!("env `{name}`"), text));
        }
    }
}
