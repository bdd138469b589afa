//! Which resource of one side is which of the other: by identity, equal texts first, then in the order of the input.

use std::collections::HashMap;

use super::side::{Identity, Resource};

/// A resource before and after.
pub(super) type Pair = (Option<Resource>, Option<Resource>);

/// The pairs that differ, in no order, and how many do not.
pub(super) fn pairs(before: Vec<Resource>, after: Vec<Resource>) -> (Vec<Pair>, usize) {
    let mut groups: HashMap<Identity, (Vec<Resource>, Vec<Resource>)> = HashMap::new();
    for resource in before {
        groups.entry(resource.identity.clone()).or_default().0.push(resource);
    }
    for resource in after {
        groups.entry(resource.identity.clone()).or_default().1.push(resource);
    }
    let (mut pairs, mut same) = (Vec::new(), 0);
    for (before, after) in groups.into_values() {
        let (before, after, equal) = without_equal(before, after);
        same += equal;
        pairs.extend(zip(before, after));
    }
    pairs.sort_by_key(|(before, after)| (before.as_ref().map(|one| one.number), after.as_ref().map(|one| one.number)));
    (pairs, same)
}

/// The resources of one identity whose text is not on the other side too.
fn without_equal(mut before: Vec<Resource>, after: Vec<Resource>) -> (Vec<Resource>, Vec<Resource>, usize) {
    let count = after.len();
    let left = |resource: &Resource| match before.iter().position(|other| other.text == resource.text) {
        Some(at) => {
            before.remove(at);
            false
        }
        None => true,
    };
    let after: Vec<Resource> = after.into_iter().filter(left).collect();
    let equal = count - after.len();
    (before, after, equal)
}

/// The first with the first, and so on; what is left over is alone.
fn zip(before: Vec<Resource>, after: Vec<Resource>) -> impl Iterator<Item = Pair> {
    let count = before.len().max(after.len());
    let (mut before, mut after) = (before.into_iter(), after.into_iter());
    (0..count).map(move |_| (before.next(), after.next()))
}
