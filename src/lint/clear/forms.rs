//! The table of token forms. A new form is one row in its family.
//! Knows neither files nor YAML. Each example is written in parts, so that this source holds no token.

mod check;
mod cloud;
mod forge;
mod service;

pub(super) use check::is_varied;

/// A form by which tokens of a kind are recognised.
#[derive(Debug)]
pub struct Form {
    /// The kind of token, as findings name it: `a Vault service token`.
    pub name: &'static str,
    /// What the token gives access to, in one line.
    pub doc: &'static str,
    /// Texts of which each such token holds one, or follows one. They are searched first.
    pub marks: &'static [&'static str],
    /// The most bytes of the token before its mark.
    pub before: usize,
    /// A regular expression for the token. If it has a group 1, that is the token.
    pub pattern: &'static str,
    /// Whether a match is a real token. Repetitions of a few characters never are.
    pub check: fn(&str) -> bool,
    /// The parts of an example.
    pub example: &'static [&'static str],
}

/// All forms, by family.
pub(crate) static FORMS: &[&[Form]] = &[cloud::FORMS, forge::FORMS, service::FORMS];

/// All forms.
pub fn forms() -> impl Iterator<Item = &'static Form> {
    FORMS.iter().copied().flatten()
}

/// A form whose tokens begin with their mark and have varied characters.
const fn form(
    name: &'static str,
    doc: &'static str,
    marks: &'static [&'static str],
    pattern: &'static str,
    example: &'static [&'static str],
) -> Form {
    Form { name, doc, marks, before: 0, pattern, check: |_| true, example }
}

impl Form {
    /// Allows up to `bytes` before the mark.
    const fn before(self, bytes: usize) -> Self {
        Self { before: bytes, ..self }
    }

    /// Replaces the check.
    const fn checked(self, check: fn(&str) -> bool) -> Self {
        Self { check, ..self }
    }
}
