//! FORMS: the tokens that are known by how they look. A further form is one row in its family.
//! Knows neither files nor YAML; a row's example is in parts, so that this text itself holds no token.

mod check;
mod cloud;
mod forge;
mod service;

pub(super) use check::is_varied;

/// A token known by how it looks.
#[derive(Debug)]
pub struct Form {
    /// What it is, as a finding says it: `a Vault service token`.
    pub name: &'static str,
    /// What it opens, in one line.
    pub doc: &'static str,
    /// The texts of which each such token holds one, or has one before it: what is looked for first.
    pub marks: &'static [&'static str],
    /// How many bytes of it may stand before its mark.
    pub before: usize,
    /// The whole of it as a regular expression; its group 1, if it has one, is the token.
    pub pattern: &'static str,
    /// Whether what fits the pattern is meant as one; a row of the same few characters never is.
    pub check: fn(&str) -> bool,
    /// The parts of one that is found.
    pub example: &'static [&'static str],
}

/// Every form, by families.
pub static FORMS: &[&[Form]] = &[cloud::FORMS, forge::FORMS, service::FORMS];

/// Every form.
pub fn forms() -> impl Iterator<Item = &'static Form> {
    FORMS.iter().copied().flatten()
}

/// A form that begins with its mark, of varied characters.
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
    /// With up to `bytes` before its mark.
    const fn before(self, bytes: usize) -> Self {
        Self { before: bytes, ..self }
    }

    /// With another check.
    const fn checked(self, check: fn(&str) -> bool) -> Self {
        Self { check, ..self }
    }
}
