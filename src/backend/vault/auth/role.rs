//! The role of a login: which setting names it, and who is filled into it. Knows no connection.

use super::Member;
use crate::config::format::{SWITCH, TEXT};
use crate::config::{Key, Role, View};
use crate::error::{Error, Kind};
use crate::policy::Requester;
use crate::policy::settings::{self, POLICY};
use crate::policy::template::Template;
use crate::redacted::Redacted;

/// The role of the login, where it is not a tenant's to choose.
pub(super) const AUTH_ROLE: Key<String> = Key::new(
    settings::AUTH_ROLE,
    "the role of the login, beside which `AVP_K8S_ROLE` does not count; `{project}`, `{app}` and `{namespace}` in it stand for \
     the Application's project, name and destination namespace",
    TEXT,
    "argocd-{project}",
    &[Role::Narrowing],
);

/// The role of a Kubernetes login.
pub(super) const K8S_ROLE: Key<String> = Key::new(
    "AVP_K8S_ROLE",
    "the Vault role of a Kubernetes login; in the operator's, `{project}`, `{app}` and `{namespace}` stand for what they do in `AVP_AUTH_ROLE`",
    TEXT,
    "argocd",
    &[Role::Free],
)
.superseded_by(AUTH_ROLE.name())
.template()
.locked_by(&[LOCK_ROLE.name(), POLICY.name()]);

/// Whether the operator alone may choose the role of a Kubernetes login.
pub(super) const LOCK_ROLE: Key<bool> = Key::new(
    "AVP_LOCK_ROLE",
    "`true`: tenants cannot choose `AVP_K8S_ROLE`; nor can they beside an operator's with a word in braces, or with `AVP_POLICY`",
    SWITCH,
    "true",
    &[Role::Narrowing],
)
.default("false");

/// The role as a member of the body, if the login has one and it is set.
pub(super) fn member(settings: &View) -> Result<Option<Member>, Error> {
    Ok(name(settings)?.map(|name| Member::public("role", Redacted::new(name))))
}

/// The role, with the requester filled in.
pub(super) fn name(settings: &View) -> Result<Option<String>, Error> {
    let read = [&AUTH_ROLE, &K8S_ROLE].into_iter().filter(|key| settings.names(key));
    let mut set = read.filter_map(|key| Some((key, settings.get(key)?.trim())));
    set.next().map(|(key, text)| filled(settings, key, text)).transpose()
}

/// The text of a role. Braces that a tenant writes are text.
fn filled(settings: &View, key: &Key<String>, text: &str) -> Result<String, Error> {
    if settings.is_of_tenant(key) {
        return Ok(text.to_owned());
    }
    let named = settings.locate_setting(key);
    Template::parse(text, &named)?.fill(&Requester::of(settings.environment()), &named)
}

/// An error if the operator's `text` of a setting without words in braces has one: that login has no role, so it cannot follow the project.
pub(super) fn refuse_words<T: 'static>(settings: &View, key: &Key<T>, text: &str) -> Result<(), Error> {
    let has_word = !settings.is_of_tenant(key) && Template::parse(text, "").is_ok_and(|template| template.has_words());
    match has_word {
        false => Ok(()),
        true => Err(Error::new(
            Kind::Setting,
            format!("{} has a word in braces, which only a role may have", settings.locate_setting(key)),
        )
        .hint("the policy file (`AVP_POLICY`) gives each project a login of its own: `logins`")),
    }
}
