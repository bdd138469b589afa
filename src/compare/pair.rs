//! Which resource of one side is which of the other: by identity, equal texts first, then in the order of the input.

use std::collections::{HashMap, HashSet};

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
fn without_equal(before: Vec<Resource>, after: Vec<Resource>) -> (Vec<Resource>, Vec<Resource>, usize) {
    let mut texts: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, resource) in before.iter().enumerate().rev() {
        texts.entry(&resource.text).or_default().push(index);
    }
    let twin = |resource: &Resource| texts.get_mut(resource.text.as_str()).and_then(Vec::pop);
    let twins: Vec<Option<usize>> = after.iter().map(twin).collect();
    let taken: HashSet<usize> = twins.iter().flatten().copied().collect();
    let before =
        before.into_iter().enumerate().filter(|(index, _)| !taken.contains(index)).map(|(_, one)| one).collect();
    let after = after.into_iter().zip(twins).filter(|(_, twin)| twin.is_none()).map(|(one, _)| one).collect();
    (before, after, taken.len())
}

/// The first with the first, and so on; what is left over is alone.
fn zip(before: Vec<Resource>, after: Vec<Resource>) -> impl Iterator<Item = Pair> {
    let count = before.len().max(after.len());
    let (mut before, mut after) = (before.into_iter(), after.into_iter());
    (0..count).map(move |_| (before.next(), after.next()))
}
