//! The flags that many commands share: about settings, with the plain value that a session takes of them; and about what is shown.

use clap::ColorChoice;

use crate::pass::SettingFlags;

/// The flags about settings, shared by every command that reads secrets.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct Flags {
    /// Read settings from a YAML, JSON or env file
    #[arg(short, long, value_name = "FILE")]
    config_path: Option<String>,

    /// Read settings from a Kubernetes Secret; its namespace is the pod's own unless named
    #[arg(short, long, value_name = "[NAMESPACE:]NAME")]
    secret_name: Option<String>,

    /// Read secrets from a YAML or JSON file instead of a store
    #[arg(long, value_name = "FILE")]
    secrets: Option<String>,

    /// Log in on every run
    #[arg(long)]
    disable_token_cache: bool,
}

impl Flags {
    /// The file of secrets that takes the place of a store.
    pub(super) fn secrets(&self) -> Option<&str> {
        self.secrets.as_deref()
    }

    /// The words with which argocd-vault-plugin takes the same settings.
    pub(super) fn of_predecessor(&self) -> Vec<String> {
        let flags = [("-c", &self.config_path), ("-s", &self.secret_name)];
        let words = flags.iter().filter_map(|(flag, value)| Some([(*flag).to_owned(), (*value).clone()?]));
        words.flatten().collect()
    }
}

impl From<&Flags> for SettingFlags {
    fn from(flags: &Flags) -> Self {
        let Flags { config_path, secret_name, secrets, disable_token_cache } = flags.clone();
        Self { config_path, secret_name, secrets_file: secrets, disable_token_cache }
    }
}

/// The place in help of the flags that every command has: behind its own.
const LAST: usize = 900;

/// The flags about what is shown, which every command has.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(super) struct OutputFlags {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value_t, display_order = LAST)]
    pub(super) color: ColorChoice,

    /// Tell on stderr what the run does: settings in effect, logins, requests, seconds; never a value
    #[arg(short, long, global = true, display_order = LAST)]
    pub(super) verbose: bool,

    /// Leave out notes and progress; warnings and errors stay
    #[arg(short, long, global = true, conflicts_with = "verbose", display_order = LAST)]
    pub(super) quiet: bool,
}

impl OutputFlags {
    /// The flags as far as they can be told before the arguments are parsed, which may fail.
    pub(super) fn of_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut words = words.into_iter().take_while(|word| *word != "--");
        let mut flags = Self::default();
        while let Some(word) = words.next() {
            let choice = if word == "--color" { words.next() } else { word.strip_prefix("--color=") };
            flags.color = choice.and_then(|choice| choice.parse().ok()).unwrap_or(flags.color);
        }
        flags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_colour_before_the_tools_words_counts() {
        for (line, color) in [
            ("x generate", ColorChoice::Auto),
            ("x --color always generate --color=never", ColorChoice::Never),
            ("x --color always --color blue", ColorChoice::Always),
            ("x build -- --color never", ColorChoice::Auto),
            ("x --color", ColorChoice::Auto),
        ] {
            assert_eq!(OutputFlags::of_words(line.split(' ')).color, color, "{line}");
        }
    }
}
