//! Decides who may read which secret, and with which login: accesses in, a judgement out. Pure; knows no store and no placeholder.

mod bounds;
mod file;
mod grant;
mod judgement;
mod limits;
mod login;
mod namespace;
mod path;
mod reading;
mod requester;
mod rule_id;
mod run_rules;
pub(crate) mod settings;
mod system;
pub(crate) mod template;

use std::collections::HashMap;

pub use file::PolicyFile;
pub(crate) use grant::{Effects, Grant, Grants};
pub(crate) use judgement::{Explanation, Judgement, Refusal};
pub(crate) use limits::{Limits, Tally};
pub(crate) use login::Login;
pub use requester::Requester;
pub(crate) use rule_id::RuleId;

use crate::config::Config;
use crate::error::Error;
use crate::secret::{Access, SecretId, Usage};
use bounds::Bounds;
use grant::Terms;
use run_rules::RunRules;

/// The policy for one requester. It judges every reading of a run, that of a path which a store rewrites too.
#[derive(Clone, Debug)]
pub struct Policy {
    requester: Requester,
    bounds: Bounds,
    /// The rules of the policy file, if there is one.
    rules: Option<RunRules>,
}

/// The terms on which a usage of a secret is allowed; or why it is not, and the rule that refuses it.
type Verdict = Result<Terms, (Error, Option<RuleId>)>;

impl Policy {
    /// The policy that the settings and the policy file, if there is one, make for `requester`.
    pub fn of(config: &Config, requester: Requester, file: Option<&PolicyFile>) -> Self {
        let rules = file.map(|file| RunRules::new(file, &requester, config));
        Self { requester, bounds: Bounds::of(config), rules }
    }

    /// For whom it judges.
    pub fn requester(&self) -> &Requester {
        &self.requester
    }

    /// The limits of a run as a whole.
    pub fn limits(&self) -> Limits {
        self.rules.as_ref().map(RunRules::limits).unwrap_or_default()
    }

    /// The grants for the accesses that are allowed, and a refusal for every other one.
    pub fn judge(&self, accesses: &[Access]) -> Judgement {
        self.judge_within(accesses, &mut Tally::default())
    }

    /// What the policy says of each access, by which rule, and who would read.
    pub fn explain(&self, accesses: &[Access]) -> Vec<Explanation> {
        let explanation = |access: &Access| {
            let (verdict, rule) = match self.terms(&access.id, &access.usage) {
                Ok(terms) => (Ok(terms.login.to_string()), terms.rule),
                Err((error, rule)) => (Err(error), rule),
            };
            Explanation { access: access.clone(), verdict, rule }
        };
        accesses.iter().map(explanation).collect()
    }

    /// The same policy, which names rules in its refusals: for who is not a tenant, though they ask as one.
    pub fn telling_rules(self) -> Self {
        Self { rules: self.rules.map(RunRules::telling), ..self }
    }

    /// Judges accesses as [`Policy::judge`] does, for a run that has read the secrets which `tally` counts.
    pub fn judge_within(&self, accesses: &[Access], tally: &mut Tally) -> Judgement {
        let mut verdicts: HashMap<(&SecretId, &Usage), Verdict> = HashMap::new();
        let mut judgement = Judgement::default();
        for access in accesses {
            let Access { id, usage, .. } = access;
            let known = verdicts.entry((id, usage)).or_insert_with(|| self.counted(id, usage, tally));
            match known.clone() {
                Ok(terms) => judgement.grants.add(id, terms),
                Err((error, rule)) => judgement.refusals.push(Refusal { access: access.clone(), error, rule }),
            }
        }
        judgement
    }

    /// A grant for the same secret at the path that a store makes of the written one, in a mount of the type `mount_type`.
    pub fn regrant(&self, grant: &Grant, path: String, mount_type: &str) -> Result<Grant, Error> {
        let id = SecretId { path, ..grant.id().clone() };
        let mut again = Grants::default();
        for usage in grant.usages() {
            again.add(&id, self.terms(&id, usage).map_err(|(error, _)| error)?);
        }
        match again.into_iter().next() {
            Some(rewritten) => self.mount_type_refusal(&rewritten, mount_type).map_or(Ok(rewritten), Err),
            None => unreachable!("a grant has a usage"),
        }
    }

    /// Why a secret may not be passed on, if it may not, given the type of its mount.
    pub fn mount_type_refusal(&self, grant: &Grant, mount_type: &str) -> Option<Error> {
        self.bounds.system.type_refusal(&grant.id().path, mount_type)
    }

    /// Why a secret may not be passed on, if it may not, given the path of its mount. `None` is an unknown mount.
    pub fn mount_refusal(&self, grant: &Grant, mount: Option<&str>) -> Option<Error> {
        self.bounds.system.mount_refusal(&grant.id().path, mount)
    }

    /// Whether a secret's mount must be known before the secret is passed on: its path may be one of Vault's own behind a namespace.
    pub fn needs_mount(&self, grant: &Grant) -> bool {
        self.bounds.system.may_be_hidden(&grant.id().path)
    }

    /// Why a secret may not be read, if it may not, given whether that creates something in the store.
    pub fn effect_refusal(&self, grant: &Grant, creates: bool) -> Option<Error> {
        let is_allowed = match grant.effects() {
            Effects::Any => true,
            Effects::Nothing => !creates,
            Effects::Creates => creates,
        };
        self.rules.as_ref().filter(|_| !is_allowed).map(|rules| rules.effect_refusal(grant.id(), creates))
    }

    /// The terms on which a usage of a secret is allowed, or why it is not.
    fn terms(&self, id: &SecretId, usage: &Usage) -> Verdict {
        match (self.bounds.refusal(id), &self.rules) {
            (Some(error), _) => Err((error, None)),
            (None, Some(rules)) => rules.terms(id, usage),
            (None, None) => Ok(Terms { usages: vec![usage.clone()], ..Terms::default() }),
        }
    }

    /// The terms, unless the run has read as many secrets as their rule allows.
    fn counted(&self, id: &SecretId, usage: &Usage, tally: &mut Tally) -> Verdict {
        let terms = self.terms(id, usage)?;
        if let Some(rule) = &terms.rule {
            tally.count(rule, id, &terms.limits).map_err(|error| (error, Some(rule.clone())))?;
        }
        Ok(terms)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::backend;
    use crate::config::SettingSources;
    use crate::error::Kind;
    use crate::source::{Place, Source, Span};

    fn access(namespace: Option<&str>, path: &str, at: usize) -> Access {
        let place =
            Place::new(Arc::new(Source::new("app.yaml", "a: <path:x#y>\nb: <path:x#y>\n")), Span::new(at, at + 1));
        let id = SecretId { scope: namespace.map(str::to_owned), path: path.to_owned(), ..SecretId::default() };
        Access { id, usage: Usage::default(), place }
    }

    fn config(settings: &[(&str, &str)]) -> Config {
        let environment = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let (config, errors) =
            Config::read(SettingSources { environment, ..SettingSources::default() }, backend::settings());
        assert!(!errors.any(), "{errors:?}");
        config
    }

    fn policy(settings: &[(&str, &str)]) -> Policy {
        Policy::of(&config(settings), Requester::default(), None)
    }

    /// Whether the one access is granted, and what is said.
    fn judged(settings: &[(&str, &str)], namespace: Option<&str>, path: &str) -> (bool, Vec<Error>) {
        let access = access(namespace, path, 3);
        let judgement = policy(settings).judge(std::slice::from_ref(&access));
        (judgement.grants.allows(&access.id), judgement.errors())
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
            assert_eq!((granted, errors.is_empty()), (allowed, allowed), "{pattern} {path}");
        }
    }

    #[test]
    fn a_refused_path_is_one_error_a_place() {
        let accesses = [access(None, "b", 3), access(None, "b", 3), access(None, "b", 17), access(None, "a", 3)];
        let judgement = policy(&[("AVP_PATH_VALIDATION", "^a")]).judge(&accesses);
        let (grants, errors) = (&judgement.grants, judgement.errors());
        let told: Vec<String> =
            errors.iter().map(|e| format!("{} {} {}", e.place.as_ref().unwrap(), e.kind.id(), e)).collect();
        let said = "denied the path `b` is not allowed";
        assert_eq!(told, [format!("app.yaml:1:4 {said}"), format!("app.yaml:2:4 {said}")]);
        assert!(grants.allows(&accesses[3].id) && !grants.allows(&accesses[0].id));
        assert_eq!(errors[0].hint.as_deref(), Some("`AVP_PATH_VALIDATION` allows what matches `^a`"));
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
            (&[TENANT, ("ARGOCD_ENV_VAULT_TOKEN", "own")], "other", true), // their own credential
        ] {
            let (granted, errors) = judged(settings, Some(asked), "secret/data/app");
            assert_eq!((granted, errors.is_empty()), (allowed, allowed), "{settings:?} {asked} {errors:?}");
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

    #[test]
    fn a_rewritten_path_obeys_the_same_rules() {
        const GIVEN: [(&str, &str); 3] =
            [("ARGOCD_APP_NAME", "app"), ("VAULT_NAMESPACE", "team"), ("VAULT_TOKEN", "t")];
        for (pattern, asked, rewritten, mount_type, allowed) in [
            ("^secret/", None, "secret/data/app", "kv", true),
            ("^secret/app$", None, "secret/data/app", "kv", false),
            ("secret/app$|secret/data/app$", Some("team/a"), "secret/data/app", "kv", true),
            ("^(a/)?secret/(app|data/)", Some("team/a"), "secret/data/app", "kv", true),
            ("secret/app$|^secret/data/app$", Some("team/a"), "secret/data/app", "kv", false), // not with `a/` in front
            ("secret/app$|^a/secret/data/app$", Some("team/a"), "secret/data/app", "kv", false), // nor alone
            ("", None, "sys/data/app", "kv", false),
            ("", None, "secret/data/../app", "kv", false),
            ("", None, "secret/data/%2e%2e/app", "kv", false),
            ("", None, "b/sys/data/app", "ns_system", false),
        ] {
            let policy = policy(&[&GIVEN[..], &[("AVP_PATH_VALIDATION", pattern)]].concat());
            let access = access(asked, "secret/app", 3);
            let grants = policy.judge(std::slice::from_ref(&access)).grants;
            let grant = grants.into_iter().next().unwrap_or_else(|| panic!("{pattern}"));
            let again = policy.regrant(&grant, rewritten.to_owned(), mount_type);
            assert_eq!(again.is_ok(), allowed, "{pattern} {asked:?} {again:?}");
            assert!(again.is_err_and(|error| error.kind == Kind::Denied) || allowed);
        }
    }
}
