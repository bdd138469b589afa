//! Vault's part of `doctor`: from the name of its host to what the login may read. It reads no secret, and logs in once.

mod hops;
mod login;
mod reads;
mod standing;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::login_response::GrantedToken;
use super::round_state::RoundState;
use super::session::Session;
use super::settings::{ADDRESS, KV_VERSION};
use super::token::Token;
use super::{auth, connection, guard};
use crate::backend::examiner::{Examiner, Subject};
use crate::client::{Allowance, Client, Deadline, Hop, Response};
use crate::config::View;
use crate::error::Error;
use crate::keep::Keep;
use crate::policy::settings::NAMESPACE;
use crate::policy::{Login, Requester};
use crate::probe::{Examination, Probe, Question, Verdict};
use crate::redacted::Redacted;

/// Vault's examiner.
pub(super) const EXAMINER: Examiner =
    Examiner { questions: || PROBES.iter().map(|probe| probe.question).collect(), examine };

/// The questions, in the order in which a connection comes about.
static PROBES: &[Probe<Patient>] = &[
    probe("dns", "whether the host of `VAULT_ADDR`, or of the proxy in front of it, has an address", &[], hops::dns),
    probe("tcp", "whether something listens there", &["dns"], hops::tcp),
    probe(
        "tls",
        "whether the server's certificate is right, by the authorities and the name of the settings",
        &["tcp"],
        hops::tls,
    ),
    probe("health", "whether Vault is initialised, unsealed and active, and its version", &["tls"], standing::health),
    probe(
        "clock",
        "whether this machine's clock, the server's, and the times of tokens and certificates agree",
        &["health"],
        standing::clock,
    ),
    probe("login", "whether the login gives a token, or the token of the settings is valid", &["health"], login::login),
    probe("policies", "what the token is: its policies, its time, its uses, its accessor", &["login"], login::policies),
    probe(
        "may-read",
        "whether the token may read each path that the manifests name (`sys/capabilities-self`)",
        &["login"],
        reads::may_read,
    ),
];

/// How long Vault's questions may take together: `doctor` has its own end before that.
const TIME: Duration = Duration::from_secs(10);

/// A Vault under examination, and what was found so far.
struct Patient {
    settings: View,
    /// The login that is examined: that of the first secret, where a policy file chooses logins.
    login: Login,
    session: Session,
    round: RoundState,
    subject: Subject,
    hop: Hop,
    addresses: OnceLock<Vec<std::net::IpAddr>>,
    health: OnceLock<Response>,
    standing: OnceLock<Standing>,
    /// The token's accessor, where whoever runs the examination may see it.
    shown: OnceLock<Redacted>,
}

/// A token, and the response to the login that gave it.
struct Standing {
    token: Arc<Token>,
    granted: Option<GrantedToken>,
    /// Vault's response to the question of the token about itself.
    itself: Option<Response>,
}

const fn probe(
    name: &'static str,
    doc: &'static str,
    needs: &'static [&'static str],
    ask: crate::probe::Ask<Patient>,
) -> Probe<Patient> {
    Probe { question: Question { name, doc, needs }, ask }
}

fn examine(settings: View, subject: Subject, examination: &mut Examination) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        if let Some(obstacle) = &subject.obstacle {
            return examination.skip(PROBES, obstacle);
        }
        if settings.is_of_tenant(&ADDRESS) {
            let reason =
                format!("a tenant set {}: only the operator's Vault is asked", settings.locate_setting(&ADDRESS));
            return examination.skip(PROBES, &reason);
        }
        match Patient::new(settings, subject) {
            Ok(patient) => examination.run(PROBES, &patient).await,
            Err(error) => examination.skip(PROBES, &error.in_one_line()),
        }
    })
}

impl Patient {
    fn new(settings: View, subject: Subject) -> Result<Self, Error> {
        let login = subject.grants.iter().flatten().next().map(|grant| grant.login().clone()).unwrap_or_default();
        let settings = match &login {
            Login::Primary => settings,
            Login::Named(named) => settings.with(named.config.as_ref().map_err(Clone::clone)?),
        };
        let client = connection::client(&settings, subject.journal.clone())?;
        let hop = client.first_hop();
        let keep = Keep::open(&settings, subject.journal.clone())?;
        let session = Session::new(&settings, Arc::new(client), keep)?;
        let round = RoundState::new(Arc::new(Allowance::new(TIME)), &Requester::default());
        let (addresses, health, standing, shown) = (OnceLock::new(), OnceLock::new(), OnceLock::new(), OnceLock::new());
        Ok(Self { settings, login, session, round, subject, hop, addresses, health, standing, shown })
    }

    fn client(&self) -> &Client {
        self.session.client()
    }

    fn deadline(&self) -> Deadline {
        self.round.allowance().deadline(self.client().timeout())
    }

    /// The namespace of the login.
    fn namespace(&self) -> Option<&str> {
        self.settings.get(&NAMESPACE).map(String::as_str)
    }

    fn engine(&self) -> Option<super::Engine> {
        self.settings.get(&KV_VERSION).copied()
    }

    /// Shows an accessor, which names a token to its owner and reads nothing. A tenant owns none of them.
    fn show(&self, accessor: Option<&Redacted>) {
        let accessor = accessor.filter(|_| !self.settings.has_tenant());
        accessor.into_iter().for_each(|accessor| drop(self.shown.set(accessor.clone())));
    }

    /// The verdicts, of which none shows a credential of the session.
    fn clean(&self, verdicts: Vec<Verdict>) -> Vec<Verdict> {
        let mut own = auth::own_words(&self.settings);
        own.extend(self.shown.get().map(|accessor| accessor.reveal().to_owned()));
        own.extend(self.namespace().map(str::to_owned).into_iter().chain([self.client().address()]));
        let grants = self.subject.grants.iter().flatten();
        own.extend(grants.flat_map(|grant| [Some(grant.id().path.clone()), grant.id().scope.clone()]).flatten());
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let credentials = self.client().credentials();
        let clean = |verdict| match verdict {
            Verdict::Right(text) => Verdict::Right(credentials.redact_foreign(&text, &own)),
            Verdict::Wrong(error) => Verdict::Wrong(guard::redact(error, &own, credentials)),
            Verdict::NotTried(reason) => Verdict::NotTried(credentials.redact(&reason, &own)),
        };
        verdicts.into_iter().map(clean).collect()
    }
}
