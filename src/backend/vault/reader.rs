//! Who reads, as messages say it: which Vault, which login, with which role and policies. Pure.

use std::fmt;

use super::auth::LoginRequest;
use crate::words::list;

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reader {
    /// The Vault's address.
    address: String,
    /// The login's name.
    login: &'static str,
    /// What the login says of itself: its mount, its role.
    details: Vec<String>,
}

/// The number of policies that are listed.
const MOST_POLICIES: usize = 8;

impl Reader {
    /// One that reads with a token of the settings.
    pub(super) fn with_token(address: String, login: &'static str) -> Self {
        Self { address, login, details: Vec::new() }
    }

    /// One that reads with the token that `request` got.
    pub(super) fn logged_in(address: String, login: &'static str, request: &LoginRequest) -> Self {
        let mount = format!("mount `{}`", request.mount);
        Self { address, login, details: [mount].into_iter().chain(request.role()).collect() }
    }

    /// Adds the policies that Vault gave to the token.
    pub(super) fn with_policies(mut self, policies: &[String]) -> Self {
        if !policies.is_empty() {
            let noun = if policies.len() == 1 { "policy" } else { "policies" };
            self.details.push(format!("{noun} {}", list::few_quoted(policies, MOST_POLICIES)));
        }
        self
    }
}

impl fmt::Display for Reader {
    /// "asked `https://vault:8200` with the login `k8s` (mount `auth/kubernetes`, role `argocd`, policy `apps`)"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "asked `{}` with the login `{}`", self.address, self.login)?;
        if self.details.is_empty() { Ok(()) } else { write!(f, " ({})", self.details.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::auth::Member;
    use super::*;
    use crate::redacted::Redacted;

    #[test]
    fn a_reader_says_its_role_and_its_policies_and_no_credential() {
        let body = vec![
            Member::public("role", Redacted::new("argocd")),
            Member::public("role_id", Redacted::new("canary-id")),
            Member::proof("jwt", Redacted::new("canary")),
        ];
        let request = LoginRequest::new("auth/kubernetes", "AVP_K8S_MOUNT_PATH", body);
        let reader = Reader::logged_in("https://vault:8200".into(), "k8s", &request);
        let told = "asked `https://vault:8200` with the login `k8s` (mount `auth/kubernetes`, role `argocd`";
        assert_eq!(reader.to_string(), format!("{told})"));
        assert_eq!(reader.with_policies(&["apps".into()]).to_string(), format!("{told}, policy `apps`)"));
        assert_eq!(Reader::with_token("a".into(), "token").to_string(), "asked `a` with the login `token`");
    }
}
