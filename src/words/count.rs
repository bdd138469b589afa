//! A count with its noun: `1 secret`, `2 secrets`.

/// `1 secret`, `2 secrets`: any noun that takes an `s`.
pub(crate) fn of(count: usize, noun: &str) -> String {
    format!("{count} {}", noun_for(count, noun))
}

/// `1 secret is`, `2 secrets are`: the beginning of a sentence about them.
pub(crate) fn of_subject(count: usize, noun: &str) -> String {
    format!("{} {}", of(count, noun), if count == 1 { "is" } else { "are" })
}

/// `secret` for one, `secrets` for any other count.
pub(crate) fn noun_for(count: usize, noun: &str) -> String {
    format!("{noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noun_takes_its_number() {
        assert_eq!([0, 1, 2].map(|count| of(count, "secret")), ["0 secrets", "1 secret", "2 secrets"]);
        assert_eq!([1, 2].map(|count| of_subject(count, "path")), ["1 path is", "2 paths are"]);
    }
}
