//! The settings that rendering needs: they travel to the reader. No other one does, and none of a login.

use crate::config::general::{
    ESCAPE, MASK_KEY, SCHEMA, TENANT, TIMEOUT, TOOL_HOSTS, TOOL_MEMORY, TOOL_PATHS, TOOL_TIMEOUT, TYPES,
    UNCONTAINED_TOOLS,
};
use crate::config::{AnyKey, Config};
use crate::policy::settings::PATH_VARIABLES;

/// The settings. The key of masks is the one secret among them: it is made for manifests, and opens nothing.
const FOR_READER: &[&dyn AnyKey] = &[
    &TIMEOUT,
    &TYPES,
    &SCHEMA,
    &ESCAPE,
    &TOOL_PATHS,
    &TOOL_HOSTS,
    &TOOL_MEMORY,
    &TOOL_TIMEOUT,
    &UNCONTAINED_TOOLS,
    &MASK_KEY,
    &PATH_VARIABLES,
];

/// The names and values of the settings in effect that rendering needs, after the tenant rules.
pub(super) fn for_reader(config: &Config) -> Vec<(String, String)> {
    let names = FOR_READER.iter().map(|key| key.declaration().name);
    let set = names.filter_map(|name| Some((name.to_owned(), config.setting(name)?.text.to_string())));
    set.chain([(TENANT.name().to_owned(), config.has_tenant().to_string())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::config_for_test;

    #[test]
    fn what_rendering_needs_travels_and_no_login_does() {
        let config = config_for_test(&[
            ("VAULT_TOKEN", "hvs.canary"),
            ("VAULT_ADDR", "https://vault.test"),
            ("AVP_PARALLEL_RENDERS", "2"),
            ("AVP_TIMEOUT", "30s"),
            ("ARGOCD_ENV_AVP_ESCAPE", "auto"),
            ("ARGOCD_ENV_AVP_TOOL_TIMEOUT", "1h"),
        ]);
        let settings = for_reader(&config);
        let value = |name| settings.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(value("AVP_ESCAPE"), Some("auto"));
        assert_eq!(value("AVP_TOOL_TIMEOUT"), Some("60s"), "the tenant rules hold");
        assert_eq!(value("AVP_TENANT"), Some("true"));
        for name in ["VAULT_TOKEN", "VAULT_ADDR", "AVP_PARALLEL_RENDERS", "VAULT_RENDER_MASK_KEY"] {
            assert_eq!(value(name), None, "{name}");
        }
        let received: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(for_reader(&config_for_test(&received)), settings, "they mean the same to the reader");
    }
}
