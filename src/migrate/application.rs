//! Applications and ApplicationSets that use a plugin.

use super::settings::Settings;
use super::statement::{Effect, Site, Statement};
use super::text::Text;
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
    /// Its variables, with their lines.
    pub(super) variables: Vec<(String, Site)>,
}

/// What an Application's variables are to `vault-render build`, by their names in capitals.
const VARIABLES: [&str; 4] = ["HELM_ARGS", "HELM_VALUES", "KUSTOMIZE_BUILD_OPTIONS", "RELEASE_NAME"];

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
            .filter_map(|item| Some((text.text_at(item, &["name"])?.to_owned(), text.site(item))))
            .collect(),
    };
    plugins.map(read).collect()
}

impl Application {
    /// What moving does to the Application's variables. `named` are those that the plugin's own commands name.
    pub(super) fn statements(&self, named: &[String], settings: &Settings, out: &mut Vec<Statement>) {
        for (name, site) in &self.variables {
            let capitals = name.to_ascii_uppercase();
            let bare = capitals.trim_start_matches("ARGOCD_ENV_");
            let (effect, text) = if VARIABLES.contains(&bare) {
                (Effect::Stays, "`vault-render build` reads it, but for words that a tenant may not say (docs/helm.md, docs/kustomize.md)".to_owned())
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
