//! A setting as a typed key: its name, what it is for, how it is written and what tenants may do with it, in one row beside the
//! code that reads it. The key is the only way to the value. Knows no setting by name.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::format::Format;
use super::role::{Role, Tighter};

/// A setting whose value is a `T`.
pub struct Key<T: 'static> {
    declaration: Declaration,
    format: Format<T>,
}

/// The parts of a key that do not depend on its type.
#[derive(Debug)]
pub struct Declaration {
    /// Its name, as AVP, the Vault CLI or the store's own field have it.
    pub name: &'static str,
    /// Its purpose, in one line.
    pub doc: &'static str,
    /// An example of a value.
    pub example: &'static str,
    /// Its roles in the three tenant rules.
    pub roles: &'static [Role],
    /// Its value where nobody sets it.
    pub default: Option<&'static str>,
    /// The same where Argo CD runs the program.
    pub argocd_default: Option<&'static str>,
    /// The setting whose value it has where nobody sets it, before the default.
    pub fallback: Option<&'static str>,
    /// The setting beside which it does not count.
    pub superseded_by: Option<&'static str>,
    /// The settings that lock it: where the operator has set one of them, and it is not an off switch, tenants cannot choose this one.
    pub locked_by: &'static [&'static str],
    /// Whether words in braces stand for the requester in an operator's value, which locks it, too.
    pub is_template: bool,
    /// The flag that sets it.
    pub flag: Option<&'static str>,
    /// The file below the user's home whose text is its value where nobody sets it.
    pub home_file: Option<&'static str>,
    /// Values that only argocd-vault-plugin supports.
    pub not_yet: &'static [&'static str],
    /// Whether it is read before the cluster is asked for the Secret of `-s`, which therefore cannot set it.
    pub is_early: bool,
    /// Whether it names who asks without proving it: values may hold the same word.
    pub is_public: bool,
}

/// A value as a key has read it.
pub struct Parsed {
    /// Its one spelling.
    pub text: Zeroizing<String>,
    /// The value: a `T` of the [`Key`].
    pub value: Arc<dyn Any + Send + Sync>,
}

/// A key of any type, as tables hold it.
pub trait AnyKey: Sync {
    /// The parts of the key that do not depend on its type.
    fn declaration(&self) -> &Declaration;

    /// Parses a value. An error does not quote it: `is not …`.
    fn parse(&self, text: &str) -> Result<Parsed, String>;

    /// How a value is written, for people.
    fn form(&self) -> String;

    /// The words that a wrong value may be meant to be.
    fn words(&self) -> Vec<&'static str>;

    /// The names of the values to choose from, if it is a choice; each with its other spellings.
    fn choices(&self) -> Option<Vec<&'static [&'static str]>>;
}

impl<T: 'static> Key<T> {
    /// A setting. Without a role, which says what tenants may do with it, this does not compile.
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        format: Format<T>,
        example: &'static str,
        roles: &'static [Role],
    ) -> Self {
        assert!(!roles.is_empty(), "what may a tenant do with it?");
        let declaration = Declaration {
            name,
            doc,
            example,
            roles,
            default: None,
            argocd_default: None,
            fallback: None,
            superseded_by: None,
            locked_by: &[],
            is_template: false,
            flag: None,
            home_file: None,
            not_yet: &[],
            is_early: false,
            is_public: false,
        };
        Self { declaration, format }
    }

    /// With a value for where nobody sets it.
    pub const fn default(self, value: &'static str) -> Self {
        Self { declaration: Declaration { default: Some(value), ..self.declaration }, ..self }
    }

    /// With a value for where nobody sets it and Argo CD runs the program.
    pub const fn default_in_argocd(self, value: &'static str) -> Self {
        Self { declaration: Declaration { argocd_default: Some(value), ..self.declaration }, ..self }
    }

    /// With another setting whose value counts where nobody sets this one.
    pub const fn fallback(self, setting: &'static str) -> Self {
        Self { declaration: Declaration { fallback: Some(setting), ..self.declaration }, ..self }
    }

    /// With another setting beside which this one does not count, whoever set either.
    pub const fn superseded_by(self, setting: &'static str) -> Self {
        Self { declaration: Declaration { superseded_by: Some(setting), ..self.declaration }, ..self }
    }

    /// With settings of the operator's that lock it.
    pub const fn locked_by(self, settings: &'static [&'static str]) -> Self {
        Self { declaration: Declaration { locked_by: settings, ..self.declaration }, ..self }
    }

    /// Marks it as one in which words in braces stand for the requester.
    pub const fn template(self) -> Self {
        Self { declaration: Declaration { is_template: true, ..self.declaration }, ..self }
    }

    /// Names the flag that sets it.
    pub const fn flag(self, flag: &'static str) -> Self {
        Self { declaration: Declaration { flag: Some(flag), ..self.declaration }, ..self }
    }

    /// With a file below the user's home whose text is the value where nobody sets it.
    pub const fn home_file(self, file: &'static str) -> Self {
        Self { declaration: Declaration { home_file: Some(file), ..self.declaration }, ..self }
    }

    /// With values that only argocd-vault-plugin supports.
    pub const fn not_yet(self, values: &'static [&'static str]) -> Self {
        Self { declaration: Declaration { not_yet: values, ..self.declaration }, ..self }
    }

    /// Marks it as read before the cluster is asked.
    pub const fn early(self) -> Self {
        Self { declaration: Declaration { is_early: true, ..self.declaration }, ..self }
    }

    /// Marks it as naming who asks, without proof.
    pub const fn public(self) -> Self {
        Self { declaration: Declaration { is_public: true, ..self.declaration }, ..self }
    }

    /// The setting's name.
    pub const fn name(&self) -> &'static str {
        self.declaration.name
    }
}

impl<T: Send + Sync + 'static> AnyKey for Key<T> {
    fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    fn parse(&self, text: &str) -> Result<Parsed, String> {
        self.format.parse(text).map(|(text, value)| Parsed { text: Zeroizing::new(text), value: Arc::new(value) })
    }

    fn form(&self) -> String {
        self.format.form(self.declaration.example)
    }

    fn words(&self) -> Vec<&'static str> {
        self.format.words()
    }

    fn choices(&self) -> Option<Vec<&'static [&'static str]>> {
        self.format.choices()
    }
}

impl fmt::Debug for dyn AnyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.declaration().fmt(f)
    }
}

impl Declaration {
    /// Its value where nobody sets it.
    pub(super) fn default_where(&self, is_argocd: bool) -> Option<&'static str> {
        self.argocd_default.filter(|_| is_argocd).or(self.default)
    }

    /// Whether it plays this role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// For a limit, which of two values is the tighter one.
    pub fn limit(&self) -> Option<Tighter> {
        self.roles.iter().find_map(|role| match role {
            Role::Limit(tighter) | Role::Ceiling(tighter) => Some(*tighter),
            _ => None,
        })
    }

    /// Whether its value is itself a secret, not the name of a file that holds one.
    pub fn is_secret(&self) -> bool {
        self.is(Role::Credential) && !self.is(Role::File)
    }
}
