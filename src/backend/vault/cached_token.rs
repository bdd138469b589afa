//! A token as a file of the cache holds it. Pure but for the clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use super::identity::TokenFacts;
use super::login_response::{GrantedToken, is_token};
use crate::redacted::Redacted;
use crate::value::{Value, json_string};

/// A token from the cache.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CachedToken {
    /// When it ends, since 1970.
    pub(super) expires: Duration,
    pub(super) text: Redacted,
    /// What Vault said of it, with the time that it has left.
    pub(super) facts: TokenFacts,
}

/// The version of the files. Those of another one do not count.
const VERSION: &str = "2";

/// More than the names and numbers of a file have together.
const OTHER_MEMBERS: usize = 512;

/// A token as JSON. The members are those of `auth/token/lookup-self`, but for times, which are absolute.
pub(super) fn json(GrantedToken { text, facts }: &GrantedToken, expires: Duration) -> Zeroizing<String> {
    // A byte becomes at most six; a text that grows would leave copies of the token behind.
    let texts = facts.policies.iter().chain(&facts.entity).chain(&facts.role).chain(&facts.token_type);
    let length = text.reveal().len() + facts.accessor.as_ref().map_or(0, |accessor| accessor.reveal().len());
    let length = texts.map(|text| text.len() + "\"\",".len()).sum::<usize>() + length;
    let mut json = Zeroizing::new(String::with_capacity(OTHER_MEMBERS + 6 * length));
    json.push_str(&format!("{{\"version\":{VERSION},\"expires\":{}", expires.as_secs()));
    if let Some(life) = facts.life {
        json.push_str(&format!(",\"ends\":{}", now().saturating_add(life).as_secs()));
    }
    let accessor = facts.accessor.as_ref().map(Redacted::reveal);
    let (entity, token_type) = (facts.entity.as_deref(), facts.token_type.as_deref());
    let members = [("token", Some(text.reveal())), ("accessor", accessor), ("entity_id", entity), ("type", token_type)];
    for (name, text) in members.into_iter().filter_map(|(name, text)| Some((name, text?))) {
        json.push_str(&format!(",\"{name}\":"));
        json_string(text, &mut json);
    }
    if let Some(role) = &facts.role {
        json.push_str(",\"meta\":{\"role\":");
        json_string(role, &mut json);
        json.push('}');
    }
    json.push_str(&format!(",\"renewable\":{},\"policies\":[", facts.is_renewable));
    for (index, policy) in facts.policies.iter().enumerate() {
        json.push_str(if index > 0 { "," } else { "" });
        json_string(policy, &mut json);
    }
    json.push_str("]}");
    json
}

/// The token in the JSON of a file of this version.
pub(super) fn parse(json: &Value) -> Option<CachedToken> {
    let number = |name| match json.get(name) {
        Some(Value::Number(number)) => Some(number.as_str()),
        _ => None,
    };
    if number("version") != Some(VERSION) {
        return None;
    }
    let Some(Value::Text(token)) = json.get("token") else { return None };
    let text = Some(Redacted::new(token.as_str())).filter(|token| is_token(token.reveal()))?;
    let ends = number("ends").and_then(|ends| ends.parse().ok()).map(Duration::from_secs);
    let facts = TokenFacts { life: ends.map(|ends| ends.saturating_sub(now())), ..TokenFacts::of_itself(json) };
    Some(CachedToken { expires: Duration::from_secs(number("expires")?.parse().ok()?), text, facts })
}

/// The time since 1970.
pub(super) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
