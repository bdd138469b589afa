//! The words of `kustomize build` in a definition.

use super::remarks::{Manifests, Remarks};
use super::shell::has_expansion;
use super::statement::Effect;

/// Flags with a value in the next word.
const WITH_VALUE: [&str; 6] =
    ["--load-restrictor", "--helm-command", "--env", "-e", "--helm-kube-version", "--helm-api-versions"];

/// The variable with which an Application gives words, in capitals.
const WORDS: &str = "KUSTOMIZE_BUILD_OPTIONS";

/// Reads the words behind `kustomize build`.
pub(super) fn read(words: &[&str], remarks: &mut Remarks) -> Manifests {
    let mut manifests = Manifests::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word.starts_with('-') && word.len() > 1 {
            manifests.words.push((*word).to_owned());
            let value = if WITH_VALUE.contains(word) { words.next() } else { None };
            manifests.words.extend(value.map(ToString::to_string));
            let text = "behind `--` in our command: it is the operator's word, and Applications cannot say it";
            remarks.add(Effect::Changes, *word, text);
        } else if has_expansion(word) {
            match word.to_ascii_uppercase().contains(WORDS) {
                true => remarks.add(
                    Effect::Stays,
                    *word,
                    "`vault-render build` takes it, but for words that run programs or leave the repository",
                ),
                false => remarks.add(Effect::NotUnderstood, *word, "kustomize's words come from elsewhere"),
            }
        } else if !matches!(*word, "." | "./") {
            manifests.folder = word.trim_start_matches("./").trim_end_matches('/').to_owned();
        }
    }
    manifests
}
