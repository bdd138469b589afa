//! The three tenant rules, each a walk of the table: where credentials go, what only the operator may choose, which files,
//! stores and logins a tenant may name. Knows no source of values.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::general::TENANT_SETTINGS;
use super::role::Role;
use super::table::{Row, RunPart};
use super::{Authority, Config, Origin, Setting};
use crate::error::{Error, Errors, Kind};

/// Refuses what a tenant may not choose; the operator's value takes its place.
pub(super) fn enforce(config: &mut Config, errors: &mut Errors) {
    let mut refused = refusals(config);
    errors.extend(refused.iter().map(|(_, error)| error.clone()));
    // What falls back may let the operator's credential in where the tenant's was: until nothing falls.
    while !refused.is_empty() {
        for (row, _) in &refused {
            if let Some(entry) = Arc::make_mut(&mut config.entries).get_mut(row.name()) {
                entry.setting = entry.operator.clone();
            }
        }
        refused = refusals(config);
    }
}

fn refusals(config: &Config) -> Vec<(&'static Row, Error)> {
    let chosen = config.table.rows().iter().filter(|row| config.authority(row.name()) == Authority::Tenant);
    chosen
        .filter(|row| !config.setting(row.name()).is_some_and(|setting| config.leaves_to_tenants(setting.name)))
        .filter_map(|row| Some((row, refuse(config, row)?)))
        .collect()
}

/// The operator's credentials that would travel to where `to` says.
pub(super) fn travelling(config: &Config, to: &Row) -> Vec<&'static Row> {
    operators_credentials(config).filter(|row| travels(config, row, to)).collect()
}

/// Why a tenant may not choose the setting of `row`: the first rule that it breaks.
fn refuse(config: &Config, row: &Row) -> Option<Error> {
    let rules = [locked, locked_by_another, looser, outside, other_login, elsewhere, other_identity];
    let setting = config.setting(row.name())?;
    rules.iter().find_map(|rule| rule(config, row, setting)).map(|error| error.hint(allow(row, setting)))
}

/// Rule 1: a credential of the operator's does not travel to an address, namespace or mount of a tenant's.
fn elsewhere(config: &Config, row: &Row, setting: &Setting) -> Option<Error> {
    let credentials = travelling(config, row);
    let ambient = config.ambient().filter(|_| lends(config, row));
    if credentials.is_empty() && ambient.is_none() {
        return None;
    }
    let place = match row {
        row if row.is(Role::Verification) => "to whomever a tenant trusts",
        row if row.is(Role::Mount) => "to a namespace or mount that a tenant chose",
        _ => "to an address that a tenant chose",
    };
    let (what, where_from) = (named(config, &credentials, ambient), setting.locate());
    Some(Error::new(Kind::Setting, format!("{where_from} would send the operator's {what} {place}")))
}

/// Rule 2: only the operator may choose restrictions, and their defaults count as set. The same holds for whom TLS trusts, once they
/// have set it.
fn locked(config: &Config, row: &Row, setting: &Setting) -> Option<Error> {
    let by = match config.operator(row.name()) {
        _ if row.is(Role::Verification) => format!("would change whom TLS trusts, set by {}", verification(config)?),
        _ if !row.is(Role::Narrowing) => return None,
        Some(Setting { origin: Origin::Default, .. }) => {
            "differs from the default, which tenants cannot change".to_owned()
        }
        Some(own) => format!("differs from {}, which tenants cannot change", own.locate()),
        None => "is the operator's to set, not a tenant's".to_owned(),
    };
    Some(Error::new(Kind::Setting, format!("{} {by}", setting.locate())))
}

/// Rule 2: what tenants may choose else, the operator can lock: by another setting, or by a value that names the requester.
fn locked_by_another(config: &Config, row: &Row, setting: &Setting) -> Option<Error> {
    let declaration = row.declaration();
    let template = config.operator(row.name()).filter(|own| declaration.is_template && own.text.contains('{'));
    let locks = declaration.locked_by.iter().filter_map(|name| config.operator(name));
    let lock = template.into_iter().chain(locks.filter(|lock| *lock.text != "false")).next()?;
    let detail = format!("{} is the operator's to choose, because of {}", setting.locate(), lock.locate());
    Some(Error::new(Kind::Setting, detail))
}

/// Rule 2: tenants may only tighten a limit of the operator's.
fn looser(config: &Config, row: &Row, setting: &Setting) -> Option<Error> {
    let (tighter, limit) = (row.declaration().limit()?, config.operator(row.name())?);
    let is_said = limit.origin != Origin::Default || row.is(Role::Ceiling(tighter));
    if !is_said || tighter.keeps(&setting.text, &limit.text) {
        return None;
    }
    let by = match limit.origin {
        Origin::Default => "the default".to_owned(),
        _ => limit.locate(),
    };
    let where_from = setting.locate();
    Some(Error::new(Kind::Setting, format!("{where_from} is looser than {by}, which tenants may only tighten")))
}

/// The operator's setting of whom TLS trusts.
fn verification(config: &Config) -> Option<String> {
    let own = config.table.rows().iter().filter(|row| row.is(Role::Verification));
    own.filter_map(|row| Some(config.operator(row.name())?.locate())).next()
}

/// Rule 3: a tenant names no file outside the repository.
fn outside(config: &Config, row: &Row, setting: &Setting) -> Option<Error> {
    if !row.is(Role::File) || is_inside(&config.repository, &config.working_folder, Path::new(setting.text.as_str())) {
        return None;
    }
    Some(Error::new(Kind::Setting, format!("{} names a file outside the repository", setting.locate())))
}

/// Rule 3: a tenant chooses no store or login that would use a credential of the operator's.
fn other_login(config: &Config, row: &Row, setting: &Setting) -> Option<Error> {
    if !row.is(Role::Login) || config.part(row).is_none() {
        return None;
    }
    let used: Vec<&Row> = operators_credentials(config).filter(|row| is_of_login(config, row)).collect();
    let ambient = config.ambient();
    if used.is_empty() && ambient.is_none() {
        return None;
    }
    let (what, where_from) = (named(config, &used, ambient), setting.locate());
    Some(Error::new(
        Kind::Setting,
        format!("{where_from} would use the operator's {what} in a way that the operator did not choose"),
    ))
}

/// Rule 1: a credential of the operator's does not speak for a name that a tenant chose.
fn other_identity(config: &Config, row: &Row, setting: &Setting) -> Option<Error> {
    let part = config.part(row).filter(|_| row.is(Role::Identity))?;
    let used: Vec<&Row> = operators_credentials(config).filter(|other| config.part(other) == Some(part)).collect();
    if used.is_empty() {
        return None;
    }
    let (what, where_from) = (named(config, &used, None), setting.locate());
    Some(Error::new(Kind::Setting, format!("{where_from} would use the operator's {what} for somebody else")))
}

/// The operator's credentials that the store and the login of these settings use.
fn operators_credentials(config: &Config) -> impl Iterator<Item = &'static Row> {
    let of_operator =
        |row: &&Row| config.authority(row.name()) == Authority::Operator && config.setting(row.name()).is_some();
    let used = |row: &&Row| matches!(config.part(row), Some(RunPart::Store | RunPart::Login));
    config.table.rows().iter().filter(|row| row.is(Role::Credential)).filter(used).filter(of_operator)
}

/// Whether `credential` goes to where `to` says. The key of a TLS client proves itself to an address, and to a namespace or mount where
/// it logs in.
fn travels(config: &Config, credential: &Row, to: &Row) -> bool {
    let is_address = to.is(Role::Address) || to.is(Role::Verification);
    let is_reached = is_address || to.is(Role::Mount) && is_of_login(config, credential);
    is_reached && matches!(config.part(to), Some(RunPart::Store | RunPart::Login))
}

/// Whether the login's credential that is not a setting would go to where `to` says.
pub(super) fn lends(config: &Config, to: &Row) -> bool {
    let is_place = to.is(Role::Address) || to.is(Role::Verification) || to.is(Role::Mount);
    is_place && config.ambient().is_some() && matches!(config.part(to), Some(RunPart::Store | RunPart::Login))
}

/// Whether a credential is one that the login shows: the key of a TLS client is one only where it logs in.
fn is_of_login(config: &Config, credential: &Row) -> bool {
    !credential.is(Role::TlsKey) || config.login_reads(credential)
}

/// Credentials and where they are set, for people; `ambient` is one that is not a setting.
fn named(config: &Config, rows: &[&Row], ambient: Option<&str>) -> String {
    let name = |row: &&Row| match config.setting(row.name()) {
        Some(Setting { origin: Origin::Default, .. }) => {
            format!("{} (`{}`)", row.declaration().doc.trim_start_matches("the "), row.name())
        }
        Some(setting) => setting.locate(),
        None => format!("`{}`", row.name()),
    };
    rows.iter().map(name).chain(ambient.map(str::to_owned)).collect::<Vec<_>>().join(" and ")
}

fn allow(row: &Row, setting: &Setting) -> String {
    let (name, origin) = (setting.name, &setting.origin);
    if name == TENANT_SETTINGS.name() {
        return "set it in the plugin's own environment".to_owned();
    }
    let roles = [Role::Address, Role::Mount, Role::Login, Role::Identity];
    let own = if *origin != Origin::Function && roles.iter().any(|role| row.is(*role)) {
        ", bring a credential of your own"
    } else {
        ""
    };
    format!(
        "let the operator set `{name}`{own}, or let the operator allow tenants to with `AVP_TENANT_SETTINGS={name}`"
    )
}

/// Whether `path`, without asking the file system, stays in `repository`. The links are checked when the file is opened: [`super::FileBounds`].
fn is_inside(repository: &Path, working_folder: &Path, path: &Path) -> bool {
    fold(&working_folder.join(path)).is_some_and(|path| {
        if repository.as_os_str().is_empty() { path.is_relative() } else { path.starts_with(repository) }
    })
}

/// `path` without `.` and `..`; `None` if `..` leads above its start.
fn fold(path: &Path) -> Option<PathBuf> {
    let mut folded = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !folded.pop() {
                    return None;
                }
            }
            other => folded.push(other),
        }
    }
    Some(folded)
}

#[cfg(test)]
mod login_tests;
#[cfg(test)]
mod tests;
