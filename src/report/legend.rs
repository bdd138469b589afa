//! The legend at the end of a comparison: what its masks stand for. Knows no output format.

/// The beginning of every mask, as text and in base64.
pub(super) const MASKS: [&str; 2] = ["<redacted:", "PHJlZGFjdGVkO"];

/// A word of every mask that is encoded otherwise.
const WORD: &str = "redacted";

/// What the masks in `shown` stand for; `None` if there is none. Backticks mark what is written there.
pub(super) fn legend(shown: &str) -> Option<&'static str> {
    [WORD, MASKS[1]].iter().any(|mask| shown.contains(mask)).then_some(LEGEND)
}

const LEGEND: &str = "`<redacted:FINGERPRINT>` stands for a value from the secret store, `<redacted:FINGERPRINT:number>` for a \
    number: equal values have equal fingerprints under one mask key (`--mask-key`), and in the `data` of a Secret they are in base64";
