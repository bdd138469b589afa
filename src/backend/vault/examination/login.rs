//! The login and the token that it gives, or that of the settings.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Patient, Standing};
use crate::backend::vault::identity::TokenFacts;
use crate::backend::vault::login_response::look_up;
use crate::backend::vault::session::REFUSED;
use crate::backend::vault::{failure, request};
use crate::client::Retry;
use crate::error::{Error, Kind};
use crate::moment;
use crate::probe::Verdict;
use crate::words::list;

/// The number of policies that are named.
const MOST_POLICIES: usize = 8;

pub(super) fn login(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    Box::pin(async {
        let verdict = match log_in(patient).await {
            Ok((standing, text)) => {
                let _ = patient.standing.set(standing);
                Verdict::Right(text)
            }
            Err(error) => Verdict::Wrong(error),
        };
        patient.clean(vec![verdict])
    })
}

/// Logs in, past the tokens that are kept; a token of the settings is asked about itself.
async fn log_in(patient: &Patient) -> Result<(Standing, String), Error> {
    let (token, granted) = patient.session.examine(&patient.round).await?;
    let token = Arc::new(token);
    let reader = token.reader.to_string();
    if granted.is_some() {
        let cost = patient.session.login().cost;
        let text = format!("{reader}: there is a token{}{cost}", if cost.is_empty() { "" } else { "; " });
        return Ok((Standing { token, granted, itself: None }, text));
    }
    let request = request::look_up_self(patient.namespace(), &token.text);
    let sent = patient.client().send(&request, Retry::Idempotent, patient.deadline()).await;
    let response = sent.map_err(|failure| failure.error)?;
    if failure::refuses_token(&response) {
        let error = Error::new(Kind::Denied, REFUSED).cause(failure::causes(&response));
        return Err(error.hint(token.hint()));
    }
    let text = match response.status {
        200 => format!("{reader}: the token is valid"),
        403 => format!("{reader}: the token is valid, and may not look itself up"),
        _ => return Err(failure::failed(&response)),
    };
    Ok((Standing { token, granted: None, itself: Some(response).filter(|response| response.status == 200) }, text))
}

pub(super) fn policies(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    Box::pin(async {
        let facts = patient.standing.get().and_then(|standing| {
            let granted = standing.granted.as_ref().map(|granted| granted.facts.clone());
            granted.or_else(|| look_up(standing.itself.as_ref()?))
        });
        let verdict = match facts {
            Some(facts) => {
                patient.show(facts.accessor.as_ref());
                verdict(&facts, patient.settings.has_tenant())
            }
            None => Verdict::NotTried("the token may not look itself up: the policy `default` allows it".to_owned()),
        };
        patient.clean(vec![verdict])
    })
}

/// A token of the policy `default` alone reads no secret.
fn verdict(facts: &TokenFacts, has_tenant: bool) -> Verdict {
    if facts.policies.iter().all(|policy| policy == "default") {
        let detail = "the token has no policy but `default`, which allows no secret";
        return Verdict::Wrong(
            Error::new(Kind::Denied, detail).hint(
                "give the role its policies (`token_policies`); `vault-render plan PATH --format hcl` writes one",
            ),
        );
    }
    let accessor = facts.accessor.as_ref().map(|accessor| format!("; accessor `{}`", accessor.reveal()));
    let (names, accessor) = match has_tenant {
        true => ("it has policies".to_owned(), None),
        false => (format!("policies {}", list::few_quoted(&facts.policies, MOST_POLICIES)), accessor),
    };
    let seconds = facts.life.map(|life| i64::try_from(life.as_secs()).unwrap_or(i64::MAX));
    let life = seconds.map_or("no end".to_owned(), |seconds| format!("lives for {}", moment::length(seconds)));
    let uses = facts.uses.map(|uses| format!("; {uses} uses left, of which this examination takes some"));
    Verdict::Right(format!("{names}; {life}{}{}", uses.unwrap_or_default(), accessor.unwrap_or_default()))
}
