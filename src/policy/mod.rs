//! Who may read what: accesses in, grants out. Pure; knows no store and no placeholder.

mod system;

use std::collections::{HashMap, HashSet};

use regex::Regex;

pub use system::SystemPaths;

use crate::config::Config;
use crate::error::{Error, Errors, Kind};
use crate::secret::{Access, SecretId};
use crate::source::Span;

/// What may be read.
#[derive(Debug, Default)]
pub struct Grants {
    allowed: HashSet<SecretId>,
}

impl Grants {
    /// Whether `id` may be read.
    pub fn allows(&self, id: &SecretId) -> bool {
        self.allowed.contains(id)
    }
}

/// Grants what the settings allow; what they do not is an error at each placeholder that asks for it.
pub fn judge(accesses: &[Access], config: &Config, errors: &mut Errors) -> Grants {
    let rules = Rules::of(config);
    let mut verdicts: HashMap<&SecretId, Option<Error>> = HashMap::new();
    let mut told: HashSet<(&SecretId, &str, Span)> = HashSet::new();
    for Access { id, place } in accesses {
        let verdict = verdicts.entry(id).or_insert_with(|| rules.refuse(id));
        if let Some(error) = verdict.as_ref().filter(|_| told.insert((id, &place.source.name, place.span))) {
            errors.push(error.clone().at(place.clone()));
        }
    }
    let allowed = verdicts.into_iter().filter(|(_, verdict)| verdict.is_none()).map(|(id, _)| id.clone());
    Grants { allowed: allowed.collect() }
}

/// What the settings say about reading.
#[derive(Clone, Debug)]
pub struct Rules {
    /// `AVP_PATH_VALIDATION`.
    paths: Option<Regex>,
    /// The same, as it was written.
    pattern: String,
    /// Which of Vault's own paths may be read.
    system: SystemPaths,
    /// Whether an annotation may name any Vault namespace.
    any_namespace: bool,
    /// The namespace below which it may name one.
    namespace: Option<String>,
}

impl Rules {
    /// The rules that the settings make.
    pub fn of(config: &Config) -> Self {
        Self {
            paths: config.regex("AVP_PATH_VALIDATION"),
            pattern: config.get("AVP_PATH_VALIDATION").unwrap_or_default().to_owned(),
            system: SystemPaths::of(config),
            any_namespace: config.tenants_may("VAULT_NAMESPACE"),
            namespace: config.operator("VAULT_NAMESPACE").map(|setting| setting.value.to_string()),
        }
    }

    /// Which of Vault's own paths may be read.
    pub fn system_paths(&self) -> &SystemPaths {
        &self.system
    }

    /// Why `id` may not be read, if it may not.
    pub fn refuse(&self, id: &SecretId) -> Option<Error> {
        let below = match id.namespace.as_deref().filter(|_| !self.any_namespace).map(|asked| self.below(asked)) {
            Some(None) => return Some(self.wrong_namespace(id)),
            Some(Some(below)) => below,
            None => "",
        };
        if let Some(error) = self.system.refuse(&id.path) {
            return Some(error);
        }
        let paths = self.paths.as_ref()?;
        // A child namespace is a folder to the operator: what he allows must allow the path with it in front, too.
        let from_above = format!("{below}/{}", id.path);
        let fine = paths.is_match(&id.path) && paths.is_match(from_above.trim_start_matches('/'));
        (!fine).then(|| self.wrong_path(id))
    }

    /// A namespace as the operator's own sees it: empty for itself, none unless it is the operator's or below it.
    fn below<'n>(&self, asked: &'n str) -> Option<&'n str> {
        let asked = asked.trim_matches('/');
        if asked.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            return None;
        }
        match self.namespace.as_deref()? {
            "root" => Some(asked.strip_prefix("root").filter(|rest| rest.is_empty()).unwrap_or(asked)),
            own => asked
                .strip_prefix(own)
                .filter(|rest| rest.is_empty() || rest.starts_with('/'))
                .map(|rest| rest.trim_matches('/')),
        }
    }

    fn wrong_namespace(&self, id: &SecretId) -> Error {
        let asked = id.namespace.as_deref().unwrap_or_default();
        let why = match &self.namespace {
            Some(own) => format!("is not below the operator's namespace `{own}`"),
            None => "is not a tenant's to choose: the operator has set none that it could be below".to_owned(),
        };
        let error = Error::new(Kind::Denied, format!("the Vault namespace `{asked}` {why}"));
        error.hint("the operator allows it with `VAULT_NAMESPACE`, or any with `AVP_TENANT_SETTINGS=VAULT_NAMESPACE`")
    }

    fn wrong_path(&self, id: &SecretId) -> Error {
        let within =
            id.namespace.as_ref().map(|namespace| format!(" in the Vault namespace `{namespace}`")).unwrap_or_default();
        let error = Error::new(Kind::Denied, format!("the path `{}`{within} is not allowed", id.path));
        error.hint(format!("`AVP_PATH_VALIDATION` allows what matches `{}`", self.pattern))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::Given;
    use crate::source::{Place, Source};

    fn access(namespace: Option<&str>, path: &str, at: usize) -> Access {
        let place =
            Place::new(Arc::new(Source::new("app.yaml", "a: <path:x#y>\nb: <path:x#y>\n")), Span::new(at, at + 1));
        let id =
            SecretId { namespace: namespace.map(str::to_owned), path: path.to_owned(), version: None, engine: None };
        Access { id, place }
    }

    fn config(settings: &[(&str, &str)]) -> Config {
        let environment = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let (config, errors) = Config::read(Given { environment, ..Given::default() });
        assert!(!errors.any(), "{errors:?}");
        config
    }

    /// Whether the one access is granted, and what is said.
    fn judged(settings: &[(&str, &str)], namespace: Option<&str>, path: &str) -> (bool, Errors) {
        let (access, mut errors) = (access(namespace, path, 3), Errors::new());
        let grants = judge(std::slice::from_ref(&access), &config(settings), &mut errors);
        (grants.allows(&access.id), errors)
    }

    #[test]
    fn a_path_must_match_somewhere_unless_the_pattern_is_anchored() {
        for (pattern, path, allowed) in [
            ("", "anything", true),
            ("data/team-a", "secret/data/team-a/db", true),
            ("^secret/data/team-a/", "secret/data/team-a/db", true),
            ("^secret/data/team-a/", "secret/data/team-b/db", false),
            ("^data", "secret/data/team-a", false),
            (r"^secret/data/\w+$", "secret/data/app", true),
            (r"^secret/data/\w+$", "secret/data/äpp", false),
        ] {
            let (granted, errors) = judged(&[("AVP_PATH_VALIDATION", pattern)], None, path);
            assert_eq!((granted, !errors.any()), (allowed, allowed), "{pattern} {path}");
        }
    }

    #[test]
    fn a_refused_path_is_one_error_a_place() {
        let accesses = [access(None, "b", 3), access(None, "b", 3), access(None, "b", 17), access(None, "a", 3)];
        let mut errors = Errors::new();
        let grants = judge(&accesses, &config(&[("AVP_PATH_VALIDATION", "^a")]), &mut errors);
        let told: Vec<String> =
            errors.iter().map(|e| format!("{} {} {}", e.place.as_ref().unwrap(), e.kind.id(), e)).collect();
        let said = "denied the path `b` is not allowed";
        assert_eq!(told, [format!("app.yaml:1:4 {said}"), format!("app.yaml:2:4 {said}")]);
        assert!(grants.allows(&accesses[3].id) && !grants.allows(&accesses[0].id));
        assert_eq!(
            errors.iter().next().unwrap().hint.as_deref(),
            Some("`AVP_PATH_VALIDATION` allows what matches `^a`")
        );
    }

    #[test]
    fn a_tenants_annotation_names_a_namespace_below_the_operators() {
        const TENANT: (&str, &str) = ("ARGOCD_APP_NAME", "app");
        const TOKEN: (&str, &str) = ("VAULT_TOKEN", "t");
        for (settings, asked, allowed) in [
            (&[("VAULT_NAMESPACE", "team"), TOKEN][..], "other", true), // no tenant
            (&[TENANT, ("VAULT_NAMESPACE", "team"), TOKEN], "team", true),
            (&[TENANT, ("VAULT_NAMESPACE", "team"), TOKEN], "team/a", true),
            (&[TENANT, ("VAULT_NAMESPACE", "/team/"), TOKEN], "team/a/", true),
            (&[TENANT, ("VAULT_NAMESPACE", "team"), TOKEN], "teams", false),
            (&[TENANT, ("VAULT_NAMESPACE", "team"), TOKEN], "team/../other", false),
            (&[TENANT, ("VAULT_NAMESPACE", "team"), TOKEN], "root", false),
            (&[TENANT, ("VAULT_NAMESPACE", "root"), TOKEN], "other", true),
            (&[TENANT, TOKEN], "other", false),
            (&[TENANT, TOKEN, ("AVP_TENANT_SETTINGS", "VAULT_NAMESPACE")], "other", true),
            (&[TENANT, ("ARGOCD_ENV_VAULT_TOKEN", "own")], "other", true), // his own credential
        ] {
            let (granted, errors) = judged(settings, Some(asked), "secret/data/app");
            assert_eq!((granted, !errors.any()), (allowed, allowed), "{settings:?} {asked} {errors:?}");
        }
    }

    #[test]
    fn a_child_namespace_is_no_way_round_the_allowed_paths() {
        const GIVEN: [(&str, &str); 3] =
            [("ARGOCD_APP_NAME", "app"), ("VAULT_NAMESPACE", "team"), ("VAULT_TOKEN", "t")];
        for (pattern, asked, allowed) in [
            ("^secret/", "team", true),
            ("^secret/", "team/a", false),
            ("^(a/)?secret/", "team/a", true),
            ("/data/", "team/a", true),
        ] {
            let settings = [&GIVEN[..], &[("AVP_PATH_VALIDATION", pattern)]].concat();
            assert_eq!(judged(&settings, Some(asked), "secret/data/app").0, allowed, "{pattern} {asked}");
        }
    }
}
