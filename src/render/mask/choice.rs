//! Masks among few members, such as bools and enums. Each value has another member, in an order that depends on the key of the masks and on
//! the field: a change shows, and the value does not.

use sha2::{Digest, Sha256};

use super::fingerprint::{Fingerprint, Mask};

/// The members of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Members<'m> {
    /// Those of a table.
    Listed(&'m [&'m str]),
    /// Those of a schema.
    Known(&'m [Box<str>]),
}

/// The members of a bool.
pub(super) const BOOLS: Members<'static> = Members::Listed(&["false", "true"]);

/// The place of a value among the members of its enum, in the order of their fingerprints. Without the key nobody knows that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) struct Choice {
    /// The place, from 0.
    pub(in crate::render) rank: usize,
    /// How many members there are.
    pub(in crate::render) of: usize,
}

/// What a mask is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed<'s> {
    pub(super) fingerprint: &'s Fingerprint,
    pub(super) choice: Option<Choice>,
    /// The field, as its path.
    pub(super) field: &'s str,
}

impl Choice {
    /// The choice of `value` among `members`; `None` if it is not one of them.
    pub(super) fn of(mask: &Mask, value: &str, members: Members<'_>) -> Option<Self> {
        let own = members.iter().any(|member| member == value).then(|| mask.order_of(value))?;
        let rank = members.iter().filter(|member| mask.order_of(member) < own).count();
        Some(Self { rank, of: members.iter().count() })
    }
}

impl<'m> Members<'m> {
    pub(super) fn iter(self) -> impl Iterator<Item = &'m str> {
        let (listed, known): (&[&str], &[Box<str>]) = match self {
            Self::Listed(members) => (members, &[]),
            Self::Known(members) => (&[], members),
        };
        listed.iter().copied().chain(known.iter().map(|member| &**member))
    }
}

impl Seed<'_> {
    /// One of `members`. Values that are not known to be members share them by their fingerprints.
    pub(super) fn member<'m>(&self, members: Members<'m>) -> &'m str {
        let count = members.iter().count().max(1);
        let rank = match self.choice {
            Some(choice) if choice.of == count => choice.rank,
            _ => self.fingerprint.number_in(0, count as u64 - 1) as usize,
        };
        let turn = Sha256::digest(self.field)[0] as usize;
        members.iter().nth((rank + turn) % count).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn masked(key: &[u8], field: &str, value: &'static str, members: Members<'static>) -> &'static str {
        let mask = Mask::new(key);
        let fingerprint = mask.fingerprint(value.as_bytes());
        let choice = Choice::of(&mask, value, members);
        Seed { fingerprint: &fingerprint, choice, field }.member(members)
    }

    #[test]
    fn each_member_has_another_mask() {
        let policies = Members::Listed(&["Always", "IfNotPresent", "Never"]);
        for key in 0..50_u8 {
            for members in [policies, BOOLS] {
                let masks: HashSet<_> = members.iter().map(|value| masked(&[key], "f", value, members)).collect();
                assert_eq!(masks.len(), members.iter().count());
            }
        }
    }

    #[test]
    fn the_key_and_the_field_decide_which() {
        let masks = |key: u8| ["a", "b", "c", "d"].map(|field| masked(&[key], field, "true", BOOLS));
        let all: HashSet<_> = (0..50).map(masks).collect();
        assert!(all.len() > 1 && all.iter().flatten().any(|mask| *mask == "true"), "{all:?}");
        let by_field: HashSet<_> = (0..50).map(|field: u8| masked(b"k", &field.to_string(), "true", BOOLS)).collect();
        assert_eq!(by_field.len(), 2);
    }
}
