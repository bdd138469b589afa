//! Pairs the resources of two sides that have the same identity. Among several, equal texts go together first, then those of the
//! same file, then in the order of the input.

use std::collections::{HashMap, VecDeque};

use super::side::{Identity, Resource};

/// A resource before and after.
pub(super) type Pair = (Option<Resource>, Option<Resource>);

/// The pairs that differ, in no particular order, and the number of equal pairs.
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
        let (equal, before, after) = pair_by(before, after, |one| (&one.text, &one.key));
        let (moved, before, after) = pair_by(before, after, |one| (&one.text, ""));
        same += equal.len() + moved.len();
        let (here, before, after) = pair_by(before, after, |one| ("", &one.key));
        let (there, before, after) = pair_by(before, after, |_| ("", ""));
        pairs.extend(here.into_iter().chain(there).map(|(before, after)| (Some(before), Some(after))));
        pairs.extend(before.into_iter().map(|before| (Some(before), None)));
        pairs.extend(after.into_iter().map(|after| (None, Some(after))));
    }
    pairs.sort_by_key(|(before, after)| (before.as_ref().map(|one| one.number), after.as_ref().map(|one| one.number)));
    (pairs, same)
}

/// Pairs each resource with the next one of the other side that has the same `key`, and returns what is left of both.
fn pair_by(
    before: Vec<Resource>,
    after: Vec<Resource>,
    key: impl Fn(&Resource) -> (&str, &str),
) -> (Vec<(Resource, Resource)>, Vec<Resource>, Vec<Resource>) {
    let mut alike: HashMap<(&str, &str), VecDeque<usize>> = HashMap::new();
    before.iter().enumerate().for_each(|(index, one)| alike.entry(key(one)).or_default().push_back(index));
    let twins: Vec<Option<usize>> =
        after.iter().map(|one| alike.get_mut(&key(one)).and_then(VecDeque::pop_front)).collect();
    let mut before: Vec<Option<Resource>> = before.into_iter().map(Some).collect();
    let (mut pairs, mut rest) = (Vec::new(), Vec::new());
    for (after, twin) in after.into_iter().zip(twins) {
        match twin.and_then(|index| before[index].take()) {
            Some(before) => pairs.push((before, after)),
            None => rest.push(after),
        }
    }
    (pairs, before.into_iter().flatten().collect(), rest)
}
