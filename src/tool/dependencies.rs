//! The charts that a chart needs: when `helm dependency build` must fetch them, and the repositories that it needs to know.

use std::path::PathBuf;

use super::command::{Command, Given};
use super::environment::environment;
use crate::budget::Budget;
use crate::error::{Error, Kind};
use crate::value::Value;
use crate::yaml;

/// What names the exact charts, in helm's own order: that of charts today, that of old ones.
const LOCKS: [&str; 2] = ["Chart.lock", "requirements.lock"];

/// A lock.
struct Lock {
    dependencies: Vec<Dependency>,
}

struct Dependency {
    repository: String,
}

/// The charts beside this one of which `helm dependency build` copies some into it.
pub(super) fn beside(given: &Given<'_>) -> Vec<PathBuf> {
    let lock = lock(given).ok().flatten().map(|(_, lock)| lock.dependencies).unwrap_or_default();
    let paths = lock.iter().filter_map(|dependency| dependency.repository.strip_prefix("file://"));
    paths.map(|path| given.folder.join(path)).collect()
}

/// `helm dependency build`, if a lock asks for charts and `charts/` is missing. It writes that folder.
pub(super) fn build(given: &Given<'_>) -> Result<Option<Command>, Error> {
    if (given.holds)("charts") {
        return Ok(None);
    }
    let Some((name, lock)) = lock(given)? else { return Ok(None) };
    if lock.dependencies.is_empty() {
        return Ok(None);
    }
    lock.dependencies.iter().try_for_each(|dependency| inside(given, name, &dependency.repository))?;
    let file = given.private.join("repositories.yaml");
    let words = ["dependency", "build", "--repository-config"].map(str::to_owned);
    let words = words.into_iter().chain([file.display().to_string(), "--".to_owned()]).collect();
    Ok(Some(Command {
        name: "helm dependency build",
        program: given.helm.to_owned(),
        words,
        folder: given.folder.to_owned(),
        working_folder: given.working_folder.to_owned(),
        environment: environment(given.variables, given.private),
        files: vec![(file, repositories(&lock))],
        talks: true,
        hints: &[],
    }))
}

/// The lock and its name, if there is one.
fn lock(given: &Given<'_>) -> Result<Option<(&'static str, Lock)>, Error> {
    let Some((name, text)) = LOCKS.iter().find_map(|name| Some((*name, (given.read)(name)?))) else { return Ok(None) };
    let lock = yaml::parse_with_written_keys(&text, &Budget::default())
        .map_err(|cause| Error::new(Kind::Input, format!("`{name}` does not parse")).cause(cause))?;
    let dependencies = match lock.get("dependencies") {
        Some(Value::List(list)) => list.iter().map(dependency).collect(),
        _ => Vec::new(),
    };
    Ok(Some((name, Lock { dependencies })))
}

fn dependency(value: &Value) -> Dependency {
    let repository = match value.get("repository") {
        Some(Value::Text(text)) => text.to_string(),
        _ => String::new(),
    };
    Dependency { repository }
}

/// A chart beside this one must be in the repository.
fn inside(given: &Given<'_>, lock: &str, repository: &str) -> Result<(), Error> {
    let Some(path) = repository.strip_prefix("file://") else { return Ok(()) };
    if (given.inside)(&given.folder.join(path)) {
        return Ok(());
    }
    Err(Error::new(Kind::Input, format!("`{lock}` names the chart `{repository}`, which is not in the repository")))
}

/// The repositories, as helm keeps those that it knows.
fn repositories(lock: &Lock) -> String {
    let mut urls: Vec<&str> = lock.dependencies.iter().map(|dependency| dependency.repository.as_str()).collect();
    urls.retain(|url| url.starts_with("https://") || url.starts_with("http://"));
    urls.sort_unstable();
    urls.dedup();
    let entry = |(number, url)| serde_json::json!({"name": format!("repository-{number}"), "url": url});
    let list: Vec<serde_json::Value> = urls.iter().enumerate().map(entry).collect();
    serde_json::json!({"apiVersion": "", "generated": "2000-01-01T00:00:00Z", "repositories": list}).to_string()
}
