//! The credentials of a session: finds them in texts, and removes them. Everything that a server sends passes here before it is
//! shown or used. Knows no connection.

use std::sync::{Arc, Mutex, MutexGuard};

use aho_corasick::AhoCorasick;

use super::decode::Letters;
use super::forms;
use crate::percent;
use crate::redacted::Redacted;

/// The credentials that a session uses. Logins add to them.
#[derive(Default)]
pub(crate) struct Credentials {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    list: Vec<Credential>,
    /// Finds whole secrets, in the forms in which a store may hold them; built at the first search.
    whole: Option<Arc<AhoCorasick>>,
    /// Finds pieces of secrets among the letters of a text; built at the first search.
    pieces: Option<Arc<AhoCorasick>>,
}

struct Credential {
    text: Redacted,
    /// Whether it proves who asks. A role id only names who asks, and values may hold the same word.
    is_secret: bool,
}

/// A shorter credential is searched for in a server's texts only, which are left out where it stands in them: hiding `root` in each would
/// tell it, as the rest of a text says which word is missing.
pub(super) const LEAST: usize = 8;
/// An even shorter credential counts as a whole word only.
const LEAST_WITHIN: usize = 4;
/// A line of a PEM file that is this long is a part of the key.
const KEY_LINE: usize = 32;
const REDACTED: &str = "[redacted]";
/// What stands in the place of a server's text.
const LEFT_OUT: &str = "the server's words are left out: they hold a credential";

impl Credentials {
    /// Adds a credential that proves who asks.
    pub(crate) fn add(&self, text: &str) {
        self.insert(text, true);
    }

    /// Adds a credential that only names who asks: values may hold it.
    pub(crate) fn add_public(&self, text: &str) {
        self.insert(text, false);
    }

    /// Adds the password in an address: `https://user:password@host`.
    pub(crate) fn add_password(&self, address: &str) {
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let password = rest.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
        password.into_iter().for_each(|password| {
            self.add(password);
            self.add(&percent::decode(password));
        });
    }

    /// Adds each line of the private key in a PEM file.
    pub(crate) fn add_key(&self, pem: &str) {
        pem.lines().map(str::trim).filter(|line| line.len() >= KEY_LINE && !line.starts_with('-')).for_each(|line| {
            self.insert(line, true);
        });
    }

    fn insert(&self, text: &str, is_secret: bool) {
        let text = text.trim();
        let mut state = self.state();
        if text.is_empty() || state.list.iter().any(|known| known.text.reveal() == text) {
            return;
        }
        state.list.push(Credential { text: Redacted::new(text), is_secret });
        (state.whole, state.pieces) = (None, None);
    }

    /// Whether `text` holds a whole credential, as it is or as base64, hex digits or JSON have it.
    pub(crate) fn are_in(&self, text: &[u8]) -> bool {
        self.state().whole().is_match(text)
    }

    /// Whether `text` holds a credential or a piece of one, in any encoding.
    pub(crate) fn have_pieces_in(&self, text: &str) -> bool {
        self.are_short_in(text, &[]) || self.redact(text, &[]) != text
    }

    /// A text that a server may have written, without the credentials in it: left out as a whole where a short one stands in it outside of
    /// the user's own words, `own`; else with `[redacted]` for the others.
    pub(crate) fn redact_foreign(&self, text: &str, own: &[&str]) -> String {
        if self.are_short_in(text, own) { LEFT_OUT.to_owned() } else { self.redact(text, own) }
    }

    /// `text` with `[redacted]` for each credential that is not short and each piece of one, in any encoding. The user's own words, `own`,
    /// stay.
    pub(crate) fn redact(&self, text: &str, own: &[&str]) -> String {
        let pieces = self.state().pieces();
        let own: Vec<Letters> = own.iter().map(|word| Letters::of(word)).collect();
        let mut hidden = vec![false; text.len()];
        for letters in Letters::of(text).decoded() {
            for found in pieces.find_overlapping_iter(letters.bytes()) {
                let piece = &letters.bytes()[found.range()];
                if !own.iter().any(|word| word.holds(piece)) {
                    hidden[letters.span(found.range())].fill(true);
                }
            }
        }
        without(text, &hidden)
    }

    /// Whether a short credential stands in `text`, outside of the words of `own`.
    fn are_short_in(&self, text: &str, own: &[&str]) -> bool {
        let words = self.state().words();
        if words.is_empty() {
            return false;
        }
        let mut own: Vec<&str> = own.iter().copied().filter(|word| !word.is_empty()).collect();
        own.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let rest = own.into_iter().fold(text.to_owned(), |rest, word| rest.replace(word, "\0"));
        words.iter().any(|word| stands_in(&rest, word.reveal()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    fn whole(&mut self) -> Arc<AhoCorasick> {
        let long = self.list.iter().filter(|one| one.is_secret && one.text.reveal().len() >= LEAST);
        let forms = || long.flat_map(|one| forms::whole(one.text.reveal()));
        self.whole.get_or_insert_with(|| automaton(forms())).clone()
    }

    fn pieces(&mut self) -> Arc<AhoCorasick> {
        let long = self.list.iter().filter(|one| one.text.reveal().len() >= LEAST);
        let forms = || long.flat_map(|one| forms::pieces(one.text.reveal()));
        self.pieces.get_or_insert_with(|| automaton(forms())).clone()
    }

    /// The credentials that are too short to search for in pieces.
    fn words(&self) -> Vec<Redacted> {
        self.list.iter().map(|one| &one.text).filter(|text| text.reveal().len() < LEAST).cloned().collect()
    }
}

/// Finds the patterns; nothing if there is none, or if there are too many.
fn automaton(patterns: impl Iterator<Item = Vec<u8>>) -> Arc<AhoCorasick> {
    let patterns: Vec<_> = patterns.map(zeroize::Zeroizing::new).collect();
    let built = AhoCorasick::new(patterns.iter().map(|pattern| pattern.as_slice()));
    Arc::new(built.unwrap_or_else(|_| AhoCorasick::new([""; 0]).expect("no pattern is never too many")))
}

/// Whether `word` stands in `text`: a very short one only where no letter or digit stands beside it.
fn stands_in(text: &str, word: &str) -> bool {
    let is_part = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(start, found)| {
        let (before, after) = (&text[..start], &text[start + found.len()..]);
        word.len() >= LEAST_WITHIN || !(is_part(before.chars().next_back()) || is_part(after.chars().next()))
    })
}

/// `text` with one `[redacted]` for each run of hidden bytes.
fn without(text: &str, hidden: &[bool]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut is_hidden = false;
    for (start, char) in text.char_indices() {
        let hides = hidden[start..start + char.len_utf8()].contains(&true);
        match (hides, is_hidden) {
            (true, false) => shown.push_str(REDACTED),
            (true, true) => {}
            (false, _) => shown.push(char),
        }
        is_hidden = hides;
    }
    shown
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    const TOKEN: &str = "hvs.CAESIJ-q7_Xk3\"vWn9Rb5Tg2/a+b";

    fn credentials() -> Credentials {
        let credentials = Credentials::default();
        credentials.add(TOKEN);
        credentials.add_public("argocd-renderer");
        credentials
    }

    fn hex(text: &str) -> String {
        text.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    fn encodings() -> Vec<String> {
        let json = TOKEN.replace('"', "\\\"");
        let escaped: String = TOKEN.chars().map(|char| format!("\\u{:04X}", char as u32)).collect();
        let percent: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let some_percent = TOKEN.replace('"', "%22").replace('/', "%2F");
        let html = TOKEN.replace('"', "&quot;").replace('a', "&#97;").replace('b', "&#x62;");
        let twice = STANDARD.encode(STANDARD.encode(TOKEN));
        let in_base64 = (0..3).map(|skip| STANDARD.encode(format!("{}{TOKEN}.", &"xyz"[..skip])));
        let texts = [TOKEN.to_owned(), TOKEN.to_uppercase(), json.clone(), json.replace('\\', "\\\\"), escaped];
        let urls = [percent.clone(), percent.replace('%', "%25"), some_percent, html, twice];
        let bytes = [URL_SAFE_NO_PAD.encode(TOKEN), hex(TOKEN), hex(TOKEN).to_uppercase()];
        let split = [TOKEN.replace("vWn", "v\nW\u{200b}n"), format!("{}\u{7}{}", &TOKEN[..5], &TOKEN[5..])];
        texts.into_iter().chain(urls).chain(bytes).chain(split).chain(in_base64).collect()
    }

    #[test]
    fn a_credential_is_redacted_in_every_encoding() {
        for encoded in encodings() {
            let redacted = credentials().redact(&format!("before {encoded} after"), &[]);
            let rest = redacted.replace(REDACTED, "").to_lowercase();
            assert!(redacted.contains(REDACTED) && rest.starts_with("before "), "{encoded}: {redacted}");
            // What no piece of eight letters covers may stay: the last letters of base64 are mixed with what follows.
            assert!(rest.len() < "before  after".len() + 8, "{encoded}: {redacted}");
        }
    }

    #[test]
    fn a_piece_is_redacted_too() {
        for piece in [&TOKEN[..12], &TOKEN[9..20], &STANDARD.encode(TOKEN)[5..20], &hex(TOKEN)[3..30]] {
            assert_eq!(credentials().redact(&format!("x {piece} y"), &[]), "x [redacted] y");
        }
    }

    #[test]
    fn other_words_and_the_users_own_stay() {
        let credentials = credentials();
        for (text, own, expected) in [
            ("permission denied at `secret/data/app`", "", "permission denied at `secret/data/app`"),
            ("role argocd-renderer", "", "role [redacted]"),
            (
                "no secret at `secret/argocd-renderer`",
                "secret/argocd-renderer",
                "no secret at `secret/argocd-renderer`",
            ),
            ("the argocd-render", "", "the [redacted]"),
            ("größe %zz \\u00 &#; 100%", "", "größe %zz \\u00 &#; 100%"),
        ] {
            assert_eq!(credentials.redact(text, &[own]), expected);
        }
        assert_eq!(Credentials::default().redact("nothing to hide", &[]), "nothing to hide");
    }

    #[test]
    fn a_text_with_a_short_credential_is_left_out_whole() {
        let credentials = credentials();
        credentials.add("root");
        credentials.add("id");
        credentials.add_public("app");
        for (text, own, is_left_out) in [
            ("bad token root", "", true),
            ("rooted", "", true),
            ("secret id", "", true),
            ("invalid role", "", false),
            ("no secret at `team/app`", "", true),
            ("no secret at `team/app`", "team/app", false),
            ("permission denied", "", false),
        ] {
            let shown = credentials.redact_foreign(text, &[own, ""]);
            assert_eq!(shown, if is_left_out { LEFT_OUT } else { text }, "{text}");
            assert_eq!(credentials.redact(text, &[own]), text);
        }
        assert!(credentials.redact_foreign(&format!("x {TOKEN}"), &[]).ends_with(REDACTED));
        assert!(credentials.have_pieces_in("root") && !credentials.have_pieces_in("user"));
    }

    #[test]
    fn a_value_that_holds_a_whole_credential_is_known() {
        let credentials = credentials();
        credentials.add("root");
        let inside = format!("{{\"t\":\"{}\"}}", TOKEN.replace('"', "\\\""));
        for (text, held) in [
            (TOKEN.to_owned(), true),
            (format!("x{TOKEN}y"), true),
            (inside, true),
            (STANDARD.encode(format!("ab{TOKEN}")), true),
            (URL_SAFE_NO_PAD.encode(format!("{{\"id\":\"{TOKEN}")), true),
            (hex(TOKEN), true),
            (TOKEN[1..].to_owned(), false),
            ("argocd-renderer".to_owned(), false),
            ("root".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(credentials.are_in(text.as_bytes()), held, "{text}");
        }
    }

    #[test]
    fn the_password_of_an_address_or_a_proxy_is_a_credential() {
        for address in ["http://ann:canary%2Fpassword@proxy:3128", "ann:canary/password@proxy"] {
            let credentials = Credentials::default();
            credentials.add_password(address);
            let basic = STANDARD.encode("ann:canary/password");
            assert_eq!(credentials.redact("x canary/password", &[]), "x [redacted]");
            assert!(!credentials.redact(&basic, &[]).contains(&basic[8..20]));
            assert_eq!(credentials.redact("ann at proxy:3128", &[]), "ann at proxy:3128");
        }
    }

    #[test]
    fn a_key_is_known_by_each_line() {
        let line = "MC4CAQAwBQYDK2VwBCIEIJ1111111111111111111111111111111111111111";
        let credentials = Credentials::default();
        credentials.add_key(&format!("-----BEGIN PRIVATE KEY-----\r\n{line}\r\n-----END PRIVATE KEY-----\n"));
        assert!(credentials.are_in(format!("-----BEGIN PRIVATE KEY-----\n{line}\n").as_bytes()));
        assert!(!credentials.are_in(b"-----BEGIN PRIVATE KEY-----"));
    }
}
