//! `settings`: every setting, its value, and who set it.

use std::process::ExitCode;

use clap::ValueEnum;

use super::environment::Environment;
use super::flags::Flags;
use super::output;
use crate::backend::Inspection;
use crate::config::table::Row;
use crate::config::{Config, Setting};
use crate::contain::{self, Support};
use crate::error::{Error, Errors, Level};
use crate::pass::{self, Session};
use crate::{report, visible};

/// Print every setting, its value and who set it; secrets are redacted
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Refuse settings that lack what a run needs, though tenants or a command's flags may bring it
    #[arg(long)]
    complete: bool,

    #[command(flatten)]
    pub(super) flags: Flags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// One JSON object per line
    Json,
}

const AFTER_HELP: &str = "\
Where a setting is set in several places, the first of these counts: flag, ARGOCD_ENV_X, X, the -c file, the -s Secret, ~/.vault-token, default.
Everybody who may edit the Application may set ARGOCD_ENV_X. It may not send a credential of the operator's elsewhere:
docs/settings.md.

The files that settings name are read, and nothing is sent to the store. What a run needs and nobody has set (an address, a login and
its role or id) is a warning: an Application may bring it, or `-s` and `-c` in the command of the plugin. With --complete it is an error.

Exit codes: 0 fine, 2 a setting is wrong.";

/// Prints the settings; wrong ones are reported as well.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    let (config, mut errors) = session.settings(environment).await;
    let rows: Vec<Shown> = config.settings().map(|(row, setting)| Shown::new(row, setting, &config)).collect();
    let mut lines: Vec<String> = match args.format {
        Format::Text => table(&rows),
        Format::Json => rows.iter().map(Shown::json).collect(),
    };
    lines.push(args.format.machine(&contain::support()));
    let are_wrong = errors.any();
    errors.extend(args.inspect(&config, are_wrong));
    errors.extend(session.policy(&config).1);
    let failed = errors.any();
    output::report(&report::in_order(errors, &[]), environment);
    let code = output::finish(&lines.join(""))?;
    Ok(if failed { ExitCode::from(output::FAILED) } else { code })
}

impl Args {
    /// What is missing, wrong or risky.
    fn inspect(&self, config: &Config, are_some_wrong: bool) -> Errors {
        let (Inspection { missing, wrong }, mut errors) = pass::inspect(config, are_some_wrong);
        errors.extend(wrong);
        errors.extend(missing.into_iter().map(|error| match self.complete {
            true => error,
            false => Error { level: Level::Warning, ..error },
        }));
        errors
    }
}

impl Format {
    /// A line about what this machine can contain, after the settings that depend on it.
    fn machine(self, support: &Support) -> String {
        let sentence = match support {
            Support::Ports => "contains helm and kustomize: files, and hosts by `AVP_TOOL_HOSTS`".to_owned(),
            Support::Files => {
                "contains helm and kustomize, without telling hosts apart (Linux 6.7 and later can)".to_owned()
            }
            Support::Nothing(reason) => format!("cannot contain helm and kustomize: {reason}"),
        };
        match self {
            Self::Text => format!("\nThis machine {sentence}\n"),
            Self::Json => {
                serde_json::json!({"name": "this machine", "value": sentence, "origin": "kernel"}).to_string() + "\n"
            }
        }
    }
}

/// A setting as it is shown.
struct Shown {
    name: &'static str,
    /// Its value; `None` if there is none, or a wrong one.
    value: Option<String>,
    /// Who set it; `None` if nobody did.
    origin: Option<String>,
    is_invalid: bool,
}

impl Shown {
    fn new(row: &Row, setting: Option<&Setting>, config: &Config) -> Self {
        let invalid = config.invalid(row.name()).filter(|_| setting.is_none());
        let fallback = setting.and_then(|setting| setting.fallback(row)).map(|name| format!(" as `{name}`"));
        let origin = setting.map(|setting| &setting.origin).or(invalid);
        Self {
            name: row.name(),
            value: setting.map(|setting| row.shown(&setting.text).to_owned()),
            origin: origin.map(|origin| format!("{origin}{}", fallback.unwrap_or_default())),
            is_invalid: invalid.is_some(),
        }
    }

    fn cells(&self) -> [String; 3] {
        let value = self.value.as_deref().unwrap_or(if self.is_invalid { "[invalid]" } else { "" });
        let origin = self.origin.as_deref().unwrap_or("not set");
        [self.name.to_owned(), visible::escaped(&value.escape_debug().to_string()), visible::escaped(origin)]
    }

    fn json(&self) -> String {
        let mut line = serde_json::json!({"name": self.name, "value": self.value, "origin": self.origin});
        if self.is_invalid {
            line["invalid"] = true.into();
        }
        visible::json(&line.to_string()).into_owned() + "\n"
    }
}

/// The settings below each other, in columns.
fn table(rows: &[Shown]) -> Vec<String> {
    let rows: Vec<[String; 3]> = rows.iter().map(Shown::cells).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(50);
    let (name, value) = (width(0), width(1));
    rows.iter()
        .map(|row| format!("{:name$}  {:value$}  {}", row[0], row[1], row[2]).trim_end().to_owned() + "\n")
        .collect()
}
