//! The fields that take less than their type says, by their place in an object: names, ports, addresses, what the API compares. No schema knows
//! these rules, as they stand in the code of the API server.

mod bounds;
mod members;

use super::choice::Members;
use super::class::Class;
use super::form::Form;
use crate::manifest::Step;
use crate::yaml::tree::{NodeId, Tree};

/// The values that a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Any text: the mark for people, or JSON.
    AnyText,
    /// A value of one form.
    Of(Form<'static>),
    /// A port's number, or its name.
    Port,
    /// A number, or a percentage.
    Share,
    /// An address of either kind.
    Address,
    /// A range of addresses of either kind.
    Range,
    /// A host, which may begin with `*.`.
    Host,
    /// The word that belongs to a key beside the field, if there is one; else one of some.
    Word(&'static [(&'static str, &'static str)], Members<'static>),
}

/// A field in resources of some kinds; without kinds, of all. In its path, `#` is any item, a number that item, a part with a `*` in it any key with what stands
/// around, and `~` a slash.
struct Row {
    kinds: &'static [&'static str],
    path: &'static str,
    want: Want,
}

const ANY: &[&str] = &[];
const SECRET: &[&str] = &["Secret"];

const fn row(kinds: &'static [&'static str], path: &'static str, want: Want) -> Row {
    Row { kinds, path, want }
}

const fn of(kinds: &'static [&'static str], path: &'static str, form: Form<'static>) -> Row {
    row(kinds, path, Want::Of(form))
}

/// Pairs of fields beside each other of which the first holds the lesser number.
const ORDER: &[(&str, &str)] =
    &[("minReplicas", "maxReplicas"), ("minReadySeconds", "progressDeadlineSeconds"), ("port", "endPort")];

/// The greatest number of a lesser field, where both of a pair are masked.
const MIDDLE: u64 = 1_000;

/// The values that the field at `steps` takes in a resource of `kind`; `None` if no row knows it.
pub(super) fn want(kind: &str, steps: &[Step<'_>]) -> Option<Want> {
    let is_of = |row: &&Row| (row.kinds.is_empty() || row.kinds.contains(&kind)) && ends_with(steps, row.path);
    members::ROWS.iter().chain(bounds::ROWS).find(is_of).map(|row| row.want)
}

/// The form within the bounds that a neighbour of the field sets, if it is of a pair.
pub(super) fn in_order<'f>(form: Form<'f>, steps: &[Step<'_>], siblings: Option<&Siblings<'_>>) -> Form<'f> {
    let (Form::Integer(low, high), Some(Step::Key(key)), Some(siblings)) = (form, steps.last(), siblings) else {
        return form;
    };
    for (lesser, greater) in ORDER {
        if key == lesser && siblings.has(greater) {
            let most = siblings.number(greater).map_or(MIDDLE, |number| number.saturating_sub(1));
            return Form::Integer(low.min(most), high.min(most));
        }
        if key == greater && siblings.has(lesser) {
            let least = siblings.number(lesser).unwrap_or(MIDDLE) + 1;
            return Form::Integer(low.max(least), high.max(least));
        }
    }
    form
}

/// The map in which a field stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::render) struct Siblings<'t> {
    tree: &'t Tree<'t>,
    map: NodeId,
}

impl<'t> Siblings<'t> {
    /// The map around a node; `None` if it is not in one.
    pub(in crate::render) fn of(tree: &'t Tree<'t>, node: NodeId) -> Option<Self> {
        tree.parent(node).map(|map| Self { tree, map })
    }

    fn has(&self, key: &str) -> bool {
        self.tree.get(self.map, key).is_some()
    }

    /// The number beside the field, if it is written there.
    fn number(&self, key: &str) -> Option<u64> {
        self.tree.text(self.tree.get(self.map, key)?)?.parse().ok()
    }
}

/// Whether the last of `steps` are those of a path.
fn ends_with(steps: &[Step<'_>], path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let mut steps = steps.iter().rev();
    parts.all(|part| steps.next().is_some_and(|step| is_step(step, part)))
}

fn is_step(step: &Step<'_>, part: &str) -> bool {
    let part = part.replace('~', "/");
    match (step, part.split_once('*')) {
        (Step::Item(index), _) => part == "#" || part.parse() == Ok(*index),
        (Step::Key(key), None) => *key == part,
        (Step::Key(key), Some((before, behind))) => {
            key.len() >= before.len() + behind.len() && key.starts_with(before) && key.ends_with(behind)
        }
    }
}

impl Want {
    /// The form of the mask for a value of a class, beside the siblings of its field.
    pub(super) fn form(self, class: Class, siblings: Option<&Siblings<'_>>) -> Form<'static> {
        let has = |key: &str| siblings.is_some_and(|siblings| siblings.has(key));
        let is = |form| class == Class::Like(form);
        match self {
            Self::AnyText => class.json().unwrap_or(Form::Mark),
            Self::Of(form) => form,
            Self::Port if matches!(class, Class::Integer | Class::Unknown) => Form::Integer(1, 65_535),
            Self::Port => Form::PortName,
            Self::Share if is(Form::Percent) => Form::Percent,
            Self::Share => Form::INTEGER,
            Self::Address if is(Form::Ipv6) => Form::Ipv6,
            Self::Address => Form::Ipv4,
            Self::Range if is(Form::Cidr6) => Form::Cidr6,
            Self::Range => Form::Cidr4,
            Self::Word(keys, members) => match keys.iter().find(|(key, _)| has(key)) {
                Some((_, word)) => Form::Only(word),
                None => Form::OneOf(members),
            },
            Self::Host if is(Form::WildcardHost) => Form::WildcardHost,
            Self::Host => Form::Host,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::mask::public_format::PublicFormat;

    fn field(path: &str) -> Vec<Step<'_>> {
        path.split('/').map(|part| part.parse().map_or(Step::Key(part.into()), Step::Item)).collect()
    }

    #[test]
    fn a_place_says_what_it_takes() {
        for (kind, path, expected) in [
            ("Secret", "data/.dockerconfigjson", Some(Want::Of(Form::Json(PublicFormat::DockerConfig)))),
            ("Secret", "stringData/password", Some(Want::AnyText)),
            ("Deployment", "spec/template/spec/containers/0/env/1/value", Some(Want::AnyText)),
            ("Deployment", "spec/template/metadata/labels/app", Some(Want::Of(Form::Name))),
            ("Deployment", "spec/template/spec/serviceAccountName", Some(Want::Of(Form::Name))),
            ("Service", "spec/ports/0/nodePort", Some(Want::Of(Form::Integer(30_000, 32_767)))),
            ("Service", "spec/ports/0/port", Some(Want::Port)),
            ("Service", "spec/ports/0/name", Some(Want::Of(Form::PortName))),
            ("Service", "spec/externalName", Some(Want::Host)),
            ("Ingress", "spec/rules/0/host", Some(Want::Host)),
            (
                "Pod",
                "spec/containers/0/resources/requests/hugepages-2Mi",
                Some(Want::Of(Form::Quantity(1, 9_999, "Gi"))),
            ),
            ("Custom", "spec/value", None),
            ("Service", "spec", None),
        ] {
            assert_eq!(want(kind, &field(path)), expected, "{kind} {path}");
        }
    }

    fn rows() -> impl Iterator<Item = &'static Row> {
        members::ROWS.iter().chain(bounds::ROWS)
    }

    #[test]
    fn no_row_hides_another() {
        let step = |part: &'static str| match part {
            "#" => Step::Item(7),
            "0" => Step::Item(0),
            part => Step::Key(part.replace('*', "x").replace('~', "/").into()),
        };
        for (index, Row { kinds, path, .. }) in rows().enumerate() {
            let steps: Vec<_> = path.split('/').map(step).collect();
            let kind = kinds.first().copied().unwrap_or("Custom");
            let first = rows()
                .position(|row| (row.kinds.is_empty() || row.kinds.contains(&kind)) && ends_with(&steps, row.path));
            assert_eq!(first, Some(index), "{path}");
        }
    }
}
