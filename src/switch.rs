//! A switch in a text: settings, annotations and functionConfigs take the same words.

/// What Go's `ParseBool` takes for `true` or `false`: also `1`, `t`, `0` and `f`, in lower, upper or title case.
pub(crate) fn parse(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
