//! The plugin's name, by which Applications call it and Argo CD finds its socket.

use std::path::PathBuf;

use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// The variable of Argo CD's that names the folder of the plugins' sockets, and the folder if it is not set.
const SOCKETS: (&str, &str) = ("ARGOCD_PLUGINSOCKFILEPATH", "/home/argocd/cmp-server/plugins");

/// A plugin's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PluginName {
    /// What Applications call it.
    pub(crate) name: String,
    /// Its version, which Applications put after the name and a `-`.
    pub(crate) version: Option<String>,
}

impl PluginName {
    /// Where the plugin's socket is.
    pub(crate) fn socket(&self, operator: &Workspace) -> Result<PathBuf, Error> {
        let (variable, default) = SOCKETS;
        let folder = operator.locate(operator.variable(variable).unwrap_or(default));
        let version = self.version.iter().map(String::as_str).filter(|version| !version.is_empty());
        let name: Vec<&str> = std::iter::once(self.name.as_str()).chain(version).collect();
        let name = name.join("-");
        if self.name.is_empty() || name.contains('/') {
            return Err(Error::new(Kind::Setting, format!("`{name}` cannot be the name of a plugin's socket"))
                .hint("a plugin has a name, and neither that nor its version has a `/`"));
        }
        Ok(folder.join(format!("{name}.sock")))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_socket_has_the_plugin_s_name_as_argo_cd_forms_it() {
        let path = |name: &str, version: Option<&str>, folder: &str| {
            let name = PluginName { name: name.to_owned(), version: version.map(str::to_owned) };
            let variables = [(SOCKETS.0.to_owned(), folder.to_owned())].into();
            name.socket(&Workspace::new("/work", variables))
        };
        for (name, version, folder, expected) in [
            ("vault-render", None, "", "/home/argocd/cmp-server/plugins/vault-render.sock"),
            ("avp", Some("v1.0"), "/run/p", "/run/p/avp-v1.0.sock"),
            ("avp", Some(""), "p", "/work/p/avp.sock"),
        ] {
            assert_eq!(path(name, version, folder).unwrap(), Path::new(expected));
        }
        for (name, version) in [("", None), ("", Some("a")), ("../a", None), ("a", Some("/b"))] {
            assert!(path(name, version, "").is_err(), "{name}");
        }
    }
}
