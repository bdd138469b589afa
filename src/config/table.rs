//! The table of all settings, made of the rows of those who read them. Reading, trust, help, docs/settings.md and "did you mean"
//! walk it. Names no setting and no store: whoever makes it gives the rows.

use super::key::{AnyKey, Declaration};
use super::notice;
use super::parse;
use super::role::Role;
use super::{TYPOS, format};
use crate::error::Level;
use crate::words::suggestion;

/// Every setting there is, and who reads it.
#[derive(Debug)]
pub struct Table {
    /// The setting that chooses the store.
    pub(super) store: &'static dyn AnyKey,
    /// The stores.
    pub(super) stores: Vec<&'static StoreSettings>,
    rows: Vec<Row>,
    unsupported: Vec<&'static Unsupported>,
}

/// The settings of one store.
#[derive(Debug)]
pub struct StoreSettings {
    /// The store's name, as `AVP_TYPE` gives it, and its other spellings.
    pub names: &'static [&'static str],
    /// The settings that it reads, in the order in which help and docs show them.
    pub settings: &'static [&'static dyn AnyKey],
    /// How it logs in, if there is more than one way.
    pub logins: Option<Logins>,
    /// Settings of the same field that are known and not supported.
    pub unsupported: &'static [Unsupported],
}

/// The logins of a store.
#[derive(Debug)]
pub struct Logins {
    /// The setting of the store that chooses one.
    pub choice: &'static dyn AnyKey,
    /// The settings of each.
    pub rows: fn() -> Vec<&'static LoginSettings>,
    /// What may stand in for the store, and logs in itself.
    pub stand_in: Option<StandIn>,
}

/// An agent that stands in for a store and logs in itself. Where nobody chooses a login, its address alone implies the one named here.
#[derive(Debug)]
pub struct StandIn {
    /// The setting of its address.
    pub address: &'static dyn AnyKey,
    /// The setting of the store's own address.
    pub store: &'static dyn AnyKey,
    /// The login that is implied.
    pub login: &'static str,
}

/// The settings of one login.
#[derive(Debug)]
pub struct LoginSettings {
    /// The login's name, and its other spellings.
    pub names: &'static [&'static str],
    /// The settings that it reads.
    pub settings: &'static [&'static dyn AnyKey],
    /// Where nobody chooses a login, this one is used if somebody has set this setting, or if the file of its default is there.
    pub implied_by: Option<&'static dyn AnyKey>,
    /// A credential that is not a setting: what the machine or an agent proves, in a few words. It is the operator's.
    pub ambient: Option<&'static str>,
}

/// A setting of argocd-vault-plugin or the Vault CLI that is known and not supported. Its value is no secret.
#[derive(Debug)]
pub struct Unsupported {
    /// Its name.
    pub name: &'static str,
    /// An error where ignoring it would let in more than it allows, else a warning.
    pub level: Level,
    /// The hint: what to do instead.
    pub hint: &'static str,
}

/// One setting, and who reads it.
#[derive(Debug)]
pub struct Row {
    /// The setting.
    pub key: &'static dyn AnyKey,
    /// Its name as OpenBao has it: `BAO_ADDR` for `VAULT_ADDR`.
    second_name: Option<&'static str>,
    /// The stores and logins that read it; every run, if there are none.
    pub readers: Vec<SettingReader>,
}

/// A store or login that reads a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingReader {
    /// The store.
    pub store: &'static str,
    /// Its login; `None` if the store reads it whatever the login is.
    pub login: Option<&'static str>,
}

/// Whether a setting's value may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// Anybody may see it.
    Open,
    /// It names who asks, without proof.
    Name,
    /// It is a secret.
    Secret,
}

/// The part of a run that reads a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunPart {
    /// The run itself, with any store.
    Run,
    /// The store.
    Store,
    /// The store's login.
    Login,
}

impl Table {
    /// The table of these stores, of the setting that chooses one, and of what runs read with any store.
    pub fn new(
        store: &'static dyn AnyKey,
        stores: Vec<&'static StoreSettings>,
        general: impl IntoIterator<Item = &'static dyn AnyKey>,
    ) -> Self {
        let unsupported = stores.iter().flat_map(|store| store.unsupported).collect();
        let mut table = Self { store, stores: Vec::new(), rows: vec![Row::general(store)], unsupported };
        stores.iter().for_each(|store| table.add(store));
        table.rows.extend(general.into_iter().map(Row::general));
        Self { stores, ..table }
    }

    /// Every row, in the order in which help and docs show them.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of a setting.
    pub fn find(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.is_called(name))
    }

    /// The names under which a source may set a setting, the one that counts first.
    pub(super) fn spellings(&self, name: &'static str) -> [Option<&'static str>; 2] {
        [self.find(name).and_then(|row| row.second_name), Some(name)]
    }

    /// The first name of a setting, whichever it is called by.
    pub(super) fn first_name<'n>(&self, name: &'n str) -> &'n str {
        self.find(name).map_or(name, |row| row.name())
    }

    /// The settings that are known and not supported.
    pub(super) fn unsupported(&self) -> impl Iterator<Item = &'static Unsupported> {
        self.unsupported.iter().copied()
    }

    /// Whether a name is a setting's, honoured or not.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.find(name).is_some()
            || self.unsupported.iter().any(|row| row.name == name || second_name(row.name).as_deref() == Some(name))
    }

    /// Whether the value of the setting with this name may be seen; `None` if no setting has it.
    pub(crate) fn secrecy(&self, name: &str) -> Option<Secrecy> {
        match self.find(name).map(Row::declaration) {
            Some(row) if row.is_secret() && row.is_public => Some(Secrecy::Name),
            Some(row) if row.is_secret() => Some(Secrecy::Secret),
            None if !self.is_known(name) => None,
            _ => Some(Secrecy::Open),
        }
    }

    /// Whether a name is a setting's, honoured or not.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.is_known(name)
    }

    /// Whether a setting takes a value.
    pub(crate) fn takes(&self, name: &str, value: &str) -> bool {
        self.find(name).is_some_and(|row| row.key.parse(value.trim()).is_ok())
    }

    /// What is meant by a name that is none of the table's; as an error, what to do instead of a setting that is not supported. `None` if
    /// nobody knows.
    pub(crate) fn advice(&self, name: &str) -> Option<Result<String, &'static str>> {
        let unsupported = self.unsupported.iter().find(|row| row.name == name);
        unsupported.map(|row| Err(row.hint)).or_else(|| notice::meant(self, name, "").map(Ok))
    }

    /// The setting whose name is nearest to `word`, if one is near.
    pub(super) fn nearest(&self, word: &str) -> Option<&'static str> {
        suggestion::by_edits(word, self.rows.iter().map(Row::name), TYPOS)
    }

    /// The rows of a store; those of its logins follow the setting that chooses one.
    fn add(&mut self, store: &'static StoreSettings) {
        let name = store.names[0];
        for key in store.settings {
            self.read_by(*key, SettingReader { store: name, login: None });
            let logins = store.logins.as_ref().filter(|logins| is_same(logins.choice, *key));
            for login in logins.map(|logins| (logins.rows)()).into_iter().flatten() {
                let reader = SettingReader { store: name, login: Some(login.names[0]) };
                login.settings.iter().for_each(|key| self.read_by(*key, reader));
            }
        }
    }

    fn read_by(&mut self, key: &'static dyn AnyKey, reader: SettingReader) {
        match self.rows.iter_mut().find(|row| is_same(row.key, key)) {
            Some(row) => row.readers.push(reader),
            None => self.rows.push(Row { readers: vec![reader], ..Row::general(key) }),
        }
    }
}

impl Row {
    fn general(key: &'static dyn AnyKey) -> Self {
        // A table is made once.
        let second_name = second_name(key.declaration().name).map(|name| &*name.leak());
        Self { key, second_name, readers: Vec::new() }
    }

    /// Its name as OpenBao has it, if it is one of Vault's own settings.
    pub(crate) fn second_name(&self) -> Option<&'static str> {
        self.second_name
    }

    /// Whether a name is one of its two.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name() == name || self.second_name == Some(name)
    }

    /// The setting's name.
    pub fn name(&self) -> &'static str {
        self.declaration().name
    }

    /// The parts of the key that do not depend on its type.
    pub fn declaration(&self) -> &'static Declaration {
        self.key.declaration()
    }

    /// Whether it plays this role.
    pub fn is(&self, role: Role) -> bool {
        self.declaration().is(role)
    }

    /// Whether tenants may choose it freely, or only tighten it.
    pub(crate) fn is_free(&self) -> bool {
        self.is(Role::Free)
    }

    /// A value as it may be shown: a secret's is `[redacted]`.
    pub fn shown<'v>(&self, value: &'v str) -> &'v str {
        if self.declaration().is_secret() || parse::holds_password(value) { "[redacted]" } else { value }
    }

    /// Whether a login reads it, or it chooses one.
    pub(super) fn is_of_logins(&self) -> bool {
        self.readers.iter().any(|reader| reader.login.is_some()) || (self.is(Role::Login) && !self.is_general())
    }

    /// Whether every run reads it.
    pub(super) fn is_general(&self) -> bool {
        self.readers.is_empty()
    }

    /// Which part of a run with this store and this login reads it; `None` if nothing does.
    pub(super) fn part(&self, store: Option<&str>, login: Option<&str>) -> Option<RunPart> {
        if self.is_general() {
            return Some(RunPart::Run);
        }
        let mut readers = self.readers.iter().filter(|reader| Some(reader.store) == store);
        let reader = readers.find(|reader| reader.login.is_none() || reader.login == login)?;
        Some(if reader.login.is_none() { RunPart::Store } else { RunPart::Login })
    }

    /// The value that a wrong one is nearest to, if less than half of its letters are wrong.
    pub(super) fn nearest_value(&self, wrong: &str) -> Option<&'static str> {
        let word = wrong.to_ascii_lowercase();
        let near = suggestion::by_edits(&word, self.key.words(), TYPOS)?;
        suggestion::is_within(&word, near, word.len().max(near.len()) / 2).then_some(near)
    }

    /// The values to choose from, for people.
    pub(super) fn choices(&self) -> Option<String> {
        self.key.choices().map(|names| format::choices(&names))
    }
}

/// The name that OpenBao has for one of Vault's own settings.
pub(super) fn second_name(name: &str) -> Option<String> {
    name.strip_prefix("VAULT_").filter(|rest| !rest.starts_with("RENDER_")).map(|rest| format!("BAO_{rest}"))
}

fn is_same(one: &dyn AnyKey, other: &dyn AnyKey) -> bool {
    one.declaration().name == other.declaration().name
}
