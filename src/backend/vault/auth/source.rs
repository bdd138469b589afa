//! The source of a token: the settings have one, or a login's request gets one. Knows no setting and no connection.

use crate::redacted::Redacted;
use crate::value::json_string;

/// The source of a run's token.
#[derive(Clone, Debug)]
pub(in crate::backend::vault) enum TokenSource {
    /// The settings have a token.
    Settings(Redacted),
    /// A login gets one.
    Login(LoginRequest),
}

/// A login's request.
#[derive(Clone, Debug)]
pub(in crate::backend::vault) struct LoginRequest {
    /// The mount of the method, with its `auth/`.
    pub(in crate::backend::vault) mount: String,
    /// The setting that names the mount.
    pub(in crate::backend::vault) mount_setting: &'static str,
    /// The path below the mount: `login`, or `login/{user}`.
    pub(in crate::backend::vault) action: String,
    /// The members of the body.
    pub(in crate::backend::vault) body: Vec<Member>,
}

/// A member of a body.
#[derive(Clone, Debug)]
pub(in crate::backend::vault) struct Member {
    /// Its name in the JSON.
    pub(in crate::backend::vault) name: &'static str,
    /// Its value.
    pub(in crate::backend::vault) text: Redacted,
    is_proof: bool,
}

impl TokenSource {
    /// The texts that prove who asks: nothing that Vault sends may show them.
    pub(in crate::backend::vault) fn proofs(&self) -> impl Iterator<Item = &Redacted> {
        let (token, body) = match self {
            Self::Settings(token) => (Some(token), &[][..]),
            Self::Login(login) => (None, login.body.as_slice()),
        };
        let proofs = body.iter().filter(|member| member.is_proof).map(|member| &member.text);
        token.into_iter().chain(proofs)
    }
}

impl LoginRequest {
    /// The body as JSON.
    pub(in crate::backend::vault) fn json(&self) -> Redacted {
        let mut json = String::from("{");
        for (index, Member { name, text, .. }) in self.body.iter().enumerate() {
            json.push_str(if index > 0 { "," } else { "" });
            json_string(name, &mut json);
            json.push(':');
            json_string(text.reveal(), &mut json);
        }
        json.push('}');
        Redacted::new(json)
    }

    /// The hint for a login that Vault refused with `status`, where it may have met no method, or another one: Vault denies a login at
    /// an unknown mount, and does not say why.
    pub(in crate::backend::vault) fn mount_hint(&self, status: u16) -> Option<String> {
        let Self { mount, mount_setting, .. } = self;
        matches!(status, 403 | 404 | 405 | 500).then(|| {
            format!(
                "is the method mounted at `{mount}`, which `{mount_setting}` names? `vault auth list` shows the mounts"
            )
        })
    }

    /// What messages may say of who asks. An id that is half of a credential is not among it.
    pub(in crate::backend::vault) fn role(&self) -> Option<String> {
        let named = |member: &&Member| member.name == "role" && !member.is_proof;
        let role = self.body.iter().find(named).map(|role| format!("role `{}`", role.text.reveal()));
        role.or_else(|| self.action.strip_prefix("login/").map(|user| format!("user `{user}`")))
    }
}

impl Member {
    /// One that proves who asks.
    pub(in crate::backend::vault) fn proof(name: &'static str, text: Redacted) -> Self {
        Self { name, text, is_proof: true }
    }

    /// One that only says who asks, such as a role: the user must see it in messages.
    pub(in crate::backend::vault) fn public(name: &'static str, text: Redacted) -> Self {
        Self { name, text, is_proof: false }
    }
}
