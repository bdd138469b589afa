//! The source of a token: the settings or a file have one, an agent adds its own, or a login's request gets one. Knows no setting and no
//! connection.

use sha2::{Digest, Sha256};

use crate::redacted::Redacted;
use crate::setting_file::FileStamp;
use crate::value::json_string;

/// The source of a run's token.
#[derive(Clone, Debug)]
pub(in crate::backend::vault) enum TokenSource {
    /// The settings have a token.
    Settings(Redacted),
    /// A file has one, which somebody else renews.
    File(Redacted, FileStamp),
    /// An agent between us and Vault adds its own.
    Agent,
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
    /// What is sent.
    pub(in crate::backend::vault) body: Body,
    /// What must come from elsewhere before the body is complete.
    pub(in crate::backend::vault) preparation: Option<Preparation>,
    /// The credential, where the body does not hold it: its token is kept for whoever has the same one.
    pub(in crate::backend::vault) kept_by: Vec<Redacted>,
}

/// The body of a login's request.
#[derive(Clone, Debug)]
pub(in crate::backend::vault) enum Body {
    /// An object of texts.
    Members(Vec<Member>),
    /// JSON as the operator wrote it, and the texts in it.
    Json { json: Redacted, texts: Vec<Redacted> },
}

/// A member of a body.
#[derive(Clone, Debug)]
pub(in crate::backend::vault) struct Member {
    /// Its name in the JSON.
    pub(in crate::backend::vault) name: &'static str,
    /// Its value.
    pub(in crate::backend::vault) text: Redacted,
    is_proof: bool,
    /// For whom it speaks, for a proof that rotates.
    subject: Option<String>,
}

/// What a login needs from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::vault) enum Preparation {
    /// The member `member` is a token that wraps the credential. It was made at `creation_path`.
    Unwrap { member: &'static str, creation_path: String },
    /// AWS says who asks, to a server of this id.
    Aws { server_id: Option<String>, region: String },
    /// Google Cloud vouches for this machine, in a token for this audience.
    Gcp { audience: String },
    /// Azure vouches for this machine, in a token for this resource.
    Azure { resource: String },
}

impl TokenSource {
    /// The texts that prove who asks: nothing that Vault sends may show them.
    pub(in crate::backend::vault) fn proofs(&self) -> Vec<&Redacted> {
        match self {
            Self::Settings(token) | Self::File(token, _) => vec![token],
            Self::Agent => Vec::new(),
            Self::Login(login) => login.body.proofs().collect(),
        }
    }
}

impl TokenSource {
    /// Who asks, as far as the settings tell: a name for what is kept for them. Credentials are digests in it.
    pub(in crate::backend::vault) fn parts(&self) -> Vec<String> {
        match self {
            Self::Settings(token) | Self::File(token, _) => vec![digest(token.reveal())],
            Self::Agent => Vec::new(),
            Self::Login(login) => login.parts(),
        }
    }
}

impl LoginRequest {
    fn parts(&self) -> Vec<String> {
        let body = match &self.body {
            Body::Json { json, .. } => vec![digest(json.reveal())],
            Body::Members(members) => {
                members.iter().flat_map(|member| [member.name.to_owned(), member.part()]).collect()
            }
        };
        let kept_by = self.kept_by.iter().map(|text| digest(text.reveal()));
        [self.mount.clone(), self.action.clone()].into_iter().chain(body).chain(kept_by).collect()
    }

    /// A login at the path `login` of `mount`, which `mount_setting` names.
    pub(in crate::backend::vault) fn new(
        mount: impl Into<String>,
        mount_setting: &'static str,
        body: impl IntoIterator<Item = Member>,
    ) -> Self {
        Self {
            mount: mount.into(),
            mount_setting,
            action: "login".to_owned(),
            body: Body::Members(body.into_iter().collect()),
            preparation: None,
            kept_by: Vec::new(),
        }
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
        let role = self.body.public("role").map(|role| format!("role `{role}`"));
        role.or_else(|| self.action.strip_prefix("login/").map(|user| format!("user `{user}`")))
    }
}

impl Body {
    /// The body as JSON.
    pub(in crate::backend::vault) fn json(&self) -> Redacted {
        let members = match self {
            Self::Json { json, .. } => return json.clone(),
            Self::Members(members) => members,
        };
        // A byte becomes at most six; a text that grows would leave copies of a credential behind.
        let length = |member: &Member| 6 * (member.name.len() + member.text.reveal().len()) + "\"\":\"\",".len();
        let mut json = String::with_capacity("{}".len() + members.iter().map(length).sum::<usize>());
        json.push('{');
        for (index, Member { name, text, .. }) in members.iter().enumerate() {
            json.push_str(if index > 0 { "," } else { "" });
            json_string(name, &mut json);
            json.push(':');
            json_string(text.reveal(), &mut json);
        }
        json.push('}');
        Redacted::new(json)
    }

    /// The member with this name, if it is a text that everybody may see.
    fn public(&self, name: &str) -> Option<&str> {
        let Self::Members(members) = self else { return None };
        members.iter().find(|member| member.name == name && !member.is_proof).map(|member| member.text.reveal())
    }

    /// The texts that prove who asks.
    pub(in crate::backend::vault) fn proofs(&self) -> Box<dyn Iterator<Item = &Redacted> + '_> {
        match self {
            Self::Members(members) => {
                Box::new(members.iter().filter(|member| member.is_proof).map(|member| &member.text))
            }
            Self::Json { texts, .. } => Box::new(texts.iter()),
        }
    }

    /// The text of the member with this name.
    pub(in crate::backend::vault) fn member(&self, name: &str) -> Option<&Redacted> {
        let Self::Members(members) = self else { return None };
        members.iter().find(|member| member.name == name).map(|member| &member.text)
    }

    /// Adds a member, in the place of the one with the same name.
    pub(in crate::backend::vault) fn set(&mut self, member: Member) {
        let Self::Members(members) = self else { return };
        members.retain(|other| other.name != member.name);
        members.push(member);
    }
}

impl Member {
    /// One that proves who asks.
    pub(in crate::backend::vault) fn proof(name: &'static str, text: Redacted) -> Self {
        Self { name, text, is_proof: true, subject: None }
    }

    /// One that only says who asks, such as a role: the user must see it in messages.
    pub(in crate::backend::vault) fn public(name: &'static str, text: Redacted) -> Self {
        Self { name, text, is_proof: false, subject: None }
    }

    /// The member, whose text rotates and speaks for `subject`.
    pub(super) fn of_subject(self, subject: String) -> Self {
        Self { subject: Some(subject), ..self }
    }

    /// Its part of a name: the subject of a proof that rotates, the digest of another.
    fn part(&self) -> String {
        match (&self.subject, self.is_proof) {
            (Some(subject), _) => subject.clone(),
            (None, true) => digest(self.text.reveal()),
            (None, false) => self.text.reveal().to_owned(),
        }
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
