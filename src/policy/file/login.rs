//! The logins of a policy file: a role for the login of the settings, or a login of its own with settings of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::fields::Reader;
use crate::config::Config;
use crate::config::table::{Secrecy, Table};
use crate::error::{Error, Kind};
use crate::policy::login::{Login, NamedLogin};
use crate::policy::requester::Requester;
use crate::policy::settings::AUTH_ROLE;
use crate::policy::template::Template;
use crate::words::{list, suggestion};
use crate::yaml::tree::{Content, NodeId};

/// The login that a rule chooses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum LoginChoice {
    /// The login of the settings with this role.
    Role(String),
    /// A login of the file.
    Named(String),
}

/// The logins of a file, by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Logins {
    named: BTreeMap<String, Vec<(String, SettingText)>>,
}

/// The text of a setting of a login.
#[derive(Clone, Debug)]
enum SettingText {
    Written(String),
    /// The value of a variable of the operator's environment.
    Variable(String),
}

impl LoginChoice {
    /// Reads the `login` of a rule in a file with these logins.
    pub(super) fn read(reader: &mut Reader<'_>, node: NodeId, logins: &Logins) -> Option<Self> {
        let fields = reader.fields(node, "`login`", &["role", "name"]);
        let [(field, value)] = fields[..] else {
            reader.wrong(
                node,
                "`login` has not exactly one of `role` and `name`".to_owned(),
                "e.g. `login: {role: \"app-{project}\"}`",
            );
            return None;
        };
        let text = reader.text(value, &format!("`{field}`"))?;
        if field == "name" {
            if let Some((detail, hint)) = logins.flaw(&text) {
                reader.wrong(value, detail, hint);
            }
            return Some(Self::Named(text));
        }
        let template = Template::parse(&text, &format!("the role `{text}`"));
        reader.parsed(value, template).map(|_| Self::Role(text))
    }

    /// How people know it, for `requester`.
    fn name(&self, requester: &Requester) -> Result<String, Error> {
        match self {
            Self::Role(role) => {
                let named = format!("the role `{role}`");
                Ok(format!("role {}", Template::parse(role, &named)?.fill(requester, &named)?))
            }
            Self::Named(name) => Ok(format!("login {name}")),
        }
    }
}

impl Logins {
    /// Reads the `logins` of a file.
    pub(super) fn read(reader: &mut Reader<'_>, node: NodeId, table: &'static Table) -> Self {
        let mut named = BTreeMap::new();
        for (name, settings) in reader.named(node, "`logins`") {
            let what = format!("the login `{name}`");
            let mut pairs = Vec::new();
            for (setting, value) in reader.named(settings, &what) {
                pairs.extend(setting_text(reader, &setting, value, table).map(|text| (setting, text)));
            }
            named.insert(name, pairs);
        }
        Self { named }
    }

    /// What is wrong with the name of a login, and the way out, if there is no such login.
    fn flaw(&self, name: &str) -> Option<(String, String)> {
        if self.named.contains_key(name) {
            return None;
        }
        let near = suggestion::by_edits(name, self.named.keys().map(String::as_str), 3).map(suggestion::did_you_mean);
        let hint = near.unwrap_or_else(|| match self.named.is_empty() {
            true => "write it below `logins`: its name, and its settings".to_owned(),
            false => format!("`logins` has {}", list::quoted(self.named.keys())),
        });
        Some((format!("there is no login `{name}`"), hint))
    }

    /// The login that a rule chooses, for `requester` in a run with the settings of `config`.
    pub(super) fn login(&self, choice: &LoginChoice, requester: &Requester, config: &Config) -> Result<Login, Error> {
        let name = choice.name(requester)?;
        let config = self.pairs(choice, config).and_then(|pairs| config.with_login(&name, &pairs));
        Ok(Login::Named(Arc::new(NamedLogin { name, config })))
    }

    fn pairs(&self, choice: &LoginChoice, config: &Config) -> Result<Vec<(String, Zeroizing<String>)>, Error> {
        let settings = match choice {
            LoginChoice::Role(role) => return Ok(vec![(AUTH_ROLE.to_owned(), Zeroizing::new(role.clone()))]),
            LoginChoice::Named(name) => self.named.get(name).into_iter().flatten(),
        };
        let pair = |(name, text): &(String, SettingText)| Ok((name.clone(), text.value(config)?));
        settings.map(pair).collect()
    }
}

impl SettingText {
    fn value(&self, config: &Config) -> Result<Zeroizing<String>, Error> {
        let text = match self {
            Self::Written(text) => text,
            Self::Variable(name) => config.variable(name).ok_or_else(|| {
                let detail = format!("a login of the policy file needs `{name}`, which is not set");
                Error::new(Kind::Setting, detail).hint("set it in the environment of the plugin, from a Secret")
            })?,
        };
        Ok(Zeroizing::new(text.to_owned()))
    }
}

/// The text of a setting: what stands there, or `{env: NAME}`. A secret stands in no policy file.
fn setting_text(reader: &mut Reader<'_>, setting: &str, node: NodeId, table: &'static Table) -> Option<SettingText> {
    reader.parsed(node, table.login_setting(setting))?;
    if matches!(reader.tree.node(node).content, Content::Map) {
        let fields = reader.fields(node, &format!("`{setting}`"), &["env"]);
        let name = reader.text(fields.first()?.1, "`env`")?;
        if name.starts_with("ARGOCD_") {
            reader.wrong(node, format!("`{name}` may be a tenant's"), "name a variable that the operator sets");
            return None;
        }
        return Some(SettingText::Variable(name));
    }
    if table.secrecy(setting) == Some(Secrecy::Secret) {
        let hint = format!("`{setting}: {{env: NAME}}` takes it from a variable of the plugin's container");
        reader.holds_secret(node, format!("`{setting}` is a secret, which does not belong in a policy file"), hint);
        return None;
    }
    reader.text(node, &format!("`{setting}`")).map(SettingText::Written)
}
