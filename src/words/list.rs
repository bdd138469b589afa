//! Names in a row, as a message lists them: all of them, or the first few and how many more there are.

use std::fmt::Display;

/// All of them: "`a`, `b`, `c`".
pub(crate) fn quoted(names: impl IntoIterator<Item = impl Display>) -> String {
    backticks(names).collect::<Vec<_>>().join(", ")
}

/// The first few: "`a`, `b` and 3 more".
pub(crate) fn few_quoted(names: impl IntoIterator<Item = impl Display>, most: usize) -> String {
    few(backticks(names), most)
}

/// The first few without backticks: "a, b and 3 more".
pub(crate) fn few(names: impl IntoIterator<Item = impl Display>, most: usize) -> String {
    let mut names = names.into_iter();
    let shown: Vec<String> = names.by_ref().take(most).map(|name| name.to_string()).collect();
    match names.count() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// One of them: "`a`, `b` or `c`".
pub(crate) fn quoted_alternatives(names: impl IntoIterator<Item = impl Display>) -> String {
    let names: Vec<String> = backticks(names).collect();
    alternatives(&names.iter().map(String::as_str).collect::<Vec<_>>(), "")
}

/// One of them: "text, bytes or a number"; `none` if there are none.
pub(crate) fn alternatives(names: &[&str], none: &str) -> String {
    match names {
        [] => none.to_owned(),
        [name] => (*name).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn backticks(names: impl IntoIterator<Item = impl Display>) -> impl Iterator<Item = String> {
    names.into_iter().map(|name| format!("`{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_in_time() {
        assert_eq!(quoted(["a", "b"]), "`a`, `b`");
        assert_eq!(few_quoted(["a", "b"], 2), "`a`, `b`");
        assert_eq!(few_quoted(["a", "b", "c", "d"], 2), "`a`, `b` and 2 more");
        assert_eq!(quoted_alternatives(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(few([1, 2, 3], 1), "1 and 2 more");
    }

    #[test]
    fn the_last_alternative_follows_an_or() {
        let of = |names: &[&str]| alternatives(names, "nothing");
        assert_eq!([of(&[]), of(&["a"]), of(&["a", "b", "c"])], ["nothing", "a", "a, b or c"]);
    }
}
