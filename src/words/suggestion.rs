//! "did you mean": the known name that a typo is nearest to. How two names are made comparable (`spelling`) is the caller's to say.

/// The question itself.
pub(crate) fn did_you_mean(name: impl std::fmt::Display) -> String {
    format!("did you mean `{name}`?")
}

/// The name that takes the fewest edits (a letter more, less, other or swapped with its neighbour), if `most` are enough.
pub(crate) fn by_edits<'n>(word: &str, names: impl IntoIterator<Item = &'n str>, most: usize) -> Option<&'n str> {
    let letters = word.chars().count();
    let names = names.into_iter().filter(|name| name.chars().count().abs_diff(letters) <= most);
    let scored = names.map(|name| (strsim::damerau_levenshtein(word, name), name));
    scored.filter(|(edits, _)| *edits <= most).min_by_key(|(edits, _)| *edits).map(|(_, name)| name)
}

/// The names that have the word between their hyphens.
pub(crate) fn by_part<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    names.into_iter().filter(|name| name.split('-').any(|part| part == word)).collect()
}

/// Whether `most` edits turn the word into the name.
pub(crate) fn is_within(word: &str, name: &str, most: usize) -> bool {
    by_edits(word, [name], most).is_some()
}

/// The names that look like the word, the most alike first; `least` lies between 0 (nothing in common) and 1 (equal).
pub(crate) fn by_likeness<'n>(
    word: &str,
    names: impl IntoIterator<Item = &'n str>,
    least: f64,
    spelling: impl Fn(&str) -> String,
) -> Vec<&'n str> {
    let word = spelling(word);
    let scored = names.into_iter().map(|name| (strsim::jaro_winkler(&word, &spelling(name)), name));
    let mut alike: Vec<_> = scored.filter(|(likeness, _)| *likeness >= least).collect();
    alike.sort_by(|one, other| other.0.total_cmp(&one.0));
    alike.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_edits_win() {
        let names = ["AVP_AUTH_TYPE", "AVP_ROLE_ID", "AVP_TYPE"];
        assert_eq!(by_edits("AVP_AUTHTYPE", names, 2), Some("AVP_AUTH_TYPE"));
        assert_eq!(by_edits("AVP_VERSION", names, 2), None);
        assert!(is_within("paht", "path", 1) && !is_within("pfad", "path", 1));
    }

    #[test]
    fn a_whole_part_is_enough() {
        let names = ["placeholder-in-comment", "placeholder-in-key", "allow-comment"];
        assert_eq!(by_part("comment", names), ["placeholder-in-comment", "allow-comment"]);
        assert!(by_part("comm", names).is_empty());
    }

    #[test]
    fn the_most_alike_comes_first() {
        let names = ["password", "passwort", "user"];
        assert_eq!(by_likeness("PASSWORD", names, 0.8, str::to_lowercase), ["password", "passwort"]);
        assert!(by_likeness("PASSWORD", names, 0.8, str::to_owned).is_empty());
    }
}
