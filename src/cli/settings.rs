//! `settings`: every setting, its value, and who set it.

use std::process::ExitCode;

use clap::ValueEnum;

use super::environment::Environment;
use super::flags::Flags;
use super::output;
use crate::config::Setting;
use crate::config::table::Row;
use crate::contain::{self, Support};
use crate::pass::Session;
use crate::{report, visible};

/// Print every setting, its value and who set it; secrets are redacted
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

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

Exit codes: 0 fine, 2 a setting is wrong.";

/// Prints the settings; wrong ones are reported as well.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    let (config, errors) = session.settings(environment).await;
    let mut lines: Vec<String> = match args.format {
        Format::Text => table(config.settings()),
        Format::Json => config.settings().map(|(row, setting)| json(row, setting)).collect(),
    };
    lines.push(args.format.machine(&contain::support()));
    let failed = errors.any();
    output::report(&report::in_order(errors, &[]), environment);
    let code = output::finish(&lines.join(""))?;
    Ok(if failed { ExitCode::from(output::FAILED) } else { code })
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

/// The settings below each other, in columns.
fn table<'c>(settings: impl Iterator<Item = (&'static Row, Option<&'c Setting>)>) -> Vec<String> {
    let rows: Vec<[String; 3]> = settings.map(|(row, setting)| cells(row, setting)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(50);
    let (name, value) = (width(0), width(1));
    rows.iter()
        .map(|row| format!("{:name$}  {:value$}  {}", row[0], row[1], row[2]).trim_end().to_owned() + "\n")
        .collect()
}

fn cells(row: &Row, setting: Option<&Setting>) -> [String; 3] {
    let value = setting.map_or("", |setting| row.shown(&setting.text)).escape_debug().to_string();
    let origin = setting.map_or("not set".to_owned(), |setting| setting.origin.to_string());
    [row.name().to_owned(), visible::escaped(&value), visible::escaped(&origin)]
}

fn json(row: &Row, setting: Option<&Setting>) -> String {
    let value = setting.map(|setting| row.shown(&setting.text));
    let origin = setting.map(|setting| setting.origin.to_string());
    visible::json(&serde_json::json!({"name": row.name(), "value": value, "origin": origin}).to_string()).into_owned()
        + "\n"
}
