//! The `functionConfig`: a ConfigMap whose `data` holds options and settings. It stands in the repository, so a tenant wrote it.

use super::list::ResourceList;
use crate::config::function;
use crate::config::table::Table;
use crate::error::{Error, Errors, Kind};
use crate::switch;
use crate::yaml::tree::NodeId;

/// The options and settings of a `functionConfig`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FunctionConfig {
    /// Whether the flag `--strict` is meant.
    pub strict: bool,
    /// Whether the flag `--allow-empty` is meant.
    pub allow_empty: bool,
    /// Settings with the authority of a tenant. None of them is a credential.
    pub settings: Vec<(String, String)>,
}

/// The options, under the names of their flags.
const OPTIONS: &[(&str, Set)] =
    &[("strict", |config, value| config.strict = value), ("allow-empty", |config, value| config.allow_empty = value)];

type Set = fn(&mut FunctionConfig, bool);

impl FunctionConfig {
    /// Reads the `functionConfig` of a list, which may set what is in `settings`; the default if there is none.
    pub(crate) fn read(list: &ResourceList<'_>, settings: &Table, errors: &mut Errors) -> Self {
        let mut config = Self::default();
        match data(list) {
            Ok(data) => data.into_iter().for_each(|entry| errors.extend(config.set(list, settings, entry).err())),
            Err(error) => errors.push(error),
        }
        config
    }

    fn set(&mut self, list: &ResourceList<'_>, settings: &Table, (key, value): (NodeId, NodeId)) -> Result<(), Error> {
        let name = list.tree.text(key).unwrap_or_default();
        // The line is never shown: somebody may have written a credential here.
        let at = |error: Error| error.hidden().at(list.place(key, format!("functionConfig.data.{name}")));
        let text = list.tree.text(value).ok_or_else(|| at(no_text(name)))?;
        match OPTIONS.iter().find(|(option, _)| *option == name) {
            Some((_, set)) => set(self, switch(name, text).map_err(at)?),
            None => {
                let options: Vec<&str> = OPTIONS.iter().map(|(option, _)| *option).collect();
                function::check_entry(settings, name, text, &options).map_err(at)?;
                self.settings.push((name.to_owned(), text.to_owned()));
            }
        }
        Ok(())
    }
}

/// The entries of the configuration's `data`.
fn data(list: &ResourceList<'_>) -> Result<Vec<(NodeId, NodeId)>, Error> {
    let tree = &list.tree;
    let Some(config) = tree.get(list.root, "functionConfig").map(|config| tree.target(config)) else {
        return Ok(Vec::new());
    };
    if matches!(tree.text(config), Some("" | "~" | "null")) {
        return Ok(Vec::new());
    }
    let kind = tree.get(config, "kind").and_then(|kind| tree.text(kind)).unwrap_or_default();
    if kind != "ConfigMap" {
        return Err(Error::new(Kind::Setting, format!("the functionConfig is a `{kind}`, not a ConfigMap"))
            .hint("write what it sets into the `data` of a ConfigMap: `vault-render fn --help` shows one")
            .hidden()
            .at(list.place(config, "functionConfig")));
    }
    let data = tree.get(config, "data").map(|data| tree.target(data));
    Ok(data.map(|data| tree.entries(data).collect()).unwrap_or_default())
}

/// A switch in any spelling of Go's ParseBool, as in every other setting.
fn switch(name: &str, text: &str) -> Result<bool, Error> {
    switch::parse(text).ok_or_else(|| {
        Error::new(Kind::Setting, format!("`{name}` is neither `true` nor `false`"))
            .hint(format!("write `{name}: \"true\"`"))
    })
}

fn no_text(name: &str) -> Error {
    Error::new(Kind::Setting, format!("`{name}` of the functionConfig is not text"))
        .hint("the values of a ConfigMap are texts")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::Source;

    fn read(config: &str) -> (FunctionConfig, Vec<String>) {
        let head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n";
        let source = Arc::new(Source::new("stdin", format!("{head}{config}")));
        let list = ResourceList::read(&source).unwrap();
        let mut errors = Errors::new();
        let config = FunctionConfig::read(&list, crate::backend::settings(), &mut errors);
        assert!(errors.iter().all(|error| error.hidden && error.place.is_some()));
        (config, errors.iter().map(|error| error.detail.clone()).collect())
    }

    #[test]
    fn options_and_settings_are_read() {
        let (config, errors) = read(
            "functionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n  data: {strict: 'true', allow-empty: \"1\", AVP_K8S_ROLE: web}\n",
        );
        assert_eq!(errors, [""; 0]);
        let settings = vec![("AVP_K8S_ROLE".to_owned(), "web".to_owned())];
        assert_eq!(config, FunctionConfig { strict: true, allow_empty: true, settings });
    }

    #[test]
    fn none_asks_for_nothing() {
        for config in ["", "functionConfig:\n", "functionConfig: {apiVersion: v1, kind: ConfigMap}\n"] {
            assert_eq!(read(config), (FunctionConfig::default(), Vec::new()), "{config}");
        }
    }

    #[test]
    fn what_is_wrong_is_refused_and_not_set() {
        for (config, expected) in [
            ("{kind: Other, spec: {VAULT_TOKEN: canary}}", "the functionConfig is a `Other`, not a ConfigMap"),
            ("[canary]", "the functionConfig is a ``, not a ConfigMap"),
            ("{kind: ConfigMap, data: {strict: maybe}}", "`strict` is neither `true` nor `false`"),
            ("{kind: ConfigMap, data: {strict: [true]}}", "`strict` of the functionConfig is not text"),
            (
                "{kind: ConfigMap, data: {VAULT_TOKEN: canary}}",
                "the functionConfig sets `VAULT_TOKEN`, which is a credential",
            ),
            ("{kind: ConfigMap, data: {strcit: 'true'}}", "the functionConfig sets `strcit`, which is not a setting"),
        ] {
            let (read, errors) = read(&format!("functionConfig: {config}\n"));
            assert_eq!((read, errors), (FunctionConfig::default(), vec![expected.to_owned()]));
        }
    }
}
