//! A text as tokens: indentation becomes the beginnings and ends of block collections, and the key before a `:` gets its token
//! once the `:` is found.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::cursor::Cursor;
use crate::source::Span;
use crate::yaml::tree::Style;

/// A token and its bytes.
pub(super) struct Token<'s> {
    pub(super) kind: TokenKind<'s>,
    pub(super) span: Span,
}

/// The kinds of tokens.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum TokenKind<'s> {
    /// `---`
    DocumentStart,
    /// `...`
    DocumentEnd,
    StreamEnd,
    /// A list or map by indentation begins.
    BlockList,
    BlockMap,
    /// A list or map by indentation ends.
    BlockEnd,
    /// `[`, `]`, `{`, `}`
    FlowList,
    FlowListEnd,
    FlowMap,
    FlowMapEnd,
    Comma,
    Dash,
    /// A key follows, after `?` or not.
    Key,
    Colon,
    Alias,
    Anchor,
    /// A tag, resolved.
    Tag(Cow<'s, str>),
    Scalar(Style, Cow<'s, str>),
}

/// How many characters may stand between the beginning of a key without `?` and its `:`.
const KEY: usize = 1024;

/// A text of which tokens are taken.
pub(super) struct Scanner<'s> {
    pub(super) cursor: Cursor<'s>,
    queue: VecDeque<Token<'s>>,
    /// How many tokens were taken from the queue.
    taken: usize,
    /// The columns of the open block collections.
    pub(super) indents: Vec<usize>,
    /// What may turn out to be a key: outside of brackets, then inside each open bracket.
    keys: Vec<Option<PossibleKey<'s>>>,
    /// Whether a key without `?` may begin here.
    pub(super) allows_key: bool,
}

/// A token before which a key token stands if a `:` follows.
struct PossibleKey<'s> {
    /// The number of the token.
    token: usize,
    start: Cursor<'s>,
    /// Whether nothing but a key may stand here.
    is_required: bool,
}

impl<'s> Scanner<'s> {
    pub(super) fn new(text: &'s str, body: Span) -> Self {
        let cursor = Cursor::new(text, body);
        Self { cursor, queue: VecDeque::new(), taken: 0, indents: Vec::new(), keys: vec![None], allows_key: true }
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Option<&Token<'s>> {
        while self.needs_more()? {
            self.fetch()?;
        }
        self.queue.front()
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Option<Token<'s>> {
        self.peek()?;
        self.taken += 1;
        self.queue.pop_front()
    }

    /// Takes the next token if it is of `kind`.
    pub(super) fn take_if(&mut self, kind: &TokenKind) -> Option<Option<Token<'s>>> {
        if self.peek()?.kind == *kind { self.take().map(Some) } else { Some(None) }
    }

    /// Whether the next token is still unknown: there is none, or it may turn out to be a key.
    fn needs_more(&mut self) -> Option<bool> {
        if self.queue.is_empty() {
            return Some(true);
        }
        let taken = self.taken;
        let Some(level) = self.keys.iter().position(|key| key.as_ref().is_some_and(|key| key.token == taken)) else {
            return Some(false);
        };
        self.is_possible(level)
    }

    /// Whether the possible key of a level is one if a `:` follows now.
    fn is_possible(&mut self, level: usize) -> Option<bool> {
        let Some(key) = &self.keys[level] else { return Some(false) };
        let (start, end) = (key.start, self.cursor.at);
        if start.line == self.cursor.line && !is_longer(&self.cursor.text[start.at..end], KEY) {
            return Some(true);
        }
        self.forget_key(level)?;
        Some(false)
    }

    fn fetch(&mut self) -> Option<()> {
        self.skip_to_token();
        self.end_blocks(Some(self.cursor.column()));
        let in_flow = self.is_in_flow();
        match self.cursor.byte(0) {
            0 => self.stream_end(),
            b'%' if self.cursor.column() == 0 => None,
            b'-' if self.cursor.is_at_marker() => self.marker(TokenKind::DocumentStart),
            b'.' if self.cursor.is_at_marker() => self.marker(TokenKind::DocumentEnd),
            b'[' => self.open(TokenKind::FlowList),
            b'{' => self.open(TokenKind::FlowMap),
            b']' => self.close(TokenKind::FlowListEnd),
            b'}' => self.close(TokenKind::FlowMapEnd),
            b',' => self.comma(),
            b'-' if self.cursor.ends_word(1) => self.dash(),
            b'?' if in_flow || self.cursor.ends_word(1) => self.question(),
            b':' if in_flow || self.cursor.ends_word(1) => self.colon(),
            b'*' => self.word(|scanner| scanner.anchor().map(|()| TokenKind::Alias)),
            b'&' => self.word(|scanner| scanner.anchor().map(|()| TokenKind::Anchor)),
            b'!' => self.word(|scanner| scanner.tag().map(TokenKind::Tag)),
            b'|' | b'>' if !in_flow => self.block_scalar(),
            quote @ (b'\'' | b'"') => self.word(|scanner| scanner.quoted(quote)),
            b'\t' | b'|' | b'>' | b'%' | b'@' | b'`' => None,
            _ => self.plain_scalar(),
        }
    }

    pub(super) fn is_in_flow(&self) -> bool {
        self.keys.len() > 1
    }

    /// Goes past blanks, comments and line breaks. A tab may not stand where a key may begin.
    fn skip_to_token(&mut self) {
        loop {
            let allows_tab = self.is_in_flow() || !self.allows_key;
            self.cursor.take_while(|byte| byte == b' ' || allows_tab && byte == b'\t');
            if self.cursor.byte(0) == b'#' {
                self.cursor.take_line();
            }
            if self.cursor.take_break().is_none() {
                return;
            }
            self.allows_key |= !self.is_in_flow();
        }
    }

    fn stream_end(&mut self) -> Option<()> {
        // The text ends with a line, so that no `:` is awaited on it any more.
        self.cursor.line += 1;
        self.end_blocks(None);
        self.forget_key(self.keys.len() - 1)?;
        self.allows_key = false;
        self.push(TokenKind::StreamEnd, self.cursor.at)
    }

    fn marker(&mut self, kind: TokenKind<'s>) -> Option<()> {
        self.end_blocks(None);
        self.forget_key(self.keys.len() - 1)?;
        self.allows_key = false;
        self.sign(kind, 3)
    }

    fn open(&mut self, kind: TokenKind<'s>) -> Option<()> {
        self.note_key()?;
        self.keys.push(None);
        self.allows_key = true;
        self.sign(kind, 1)
    }

    fn close(&mut self, kind: TokenKind<'s>) -> Option<()> {
        self.forget_key(self.keys.len() - 1)?;
        if self.is_in_flow() {
            self.keys.pop();
        }
        self.allows_key = false;
        self.sign(kind, 1)
    }

    fn comma(&mut self) -> Option<()> {
        self.forget_key(self.keys.len() - 1)?;
        self.allows_key = true;
        self.sign(TokenKind::Comma, 1)
    }

    fn dash(&mut self) -> Option<()> {
        self.begin_block_here(TokenKind::BlockList)?;
        self.forget_key(self.keys.len() - 1)?;
        self.allows_key = true;
        self.sign(TokenKind::Dash, 1)
    }

    fn question(&mut self) -> Option<()> {
        self.begin_block_here(TokenKind::BlockMap)?;
        self.forget_key(self.keys.len() - 1)?;
        self.allows_key = !self.is_in_flow();
        self.sign(TokenKind::Key, 1)
    }

    fn colon(&mut self) -> Option<()> {
        let level = self.keys.len() - 1;
        let is_possible = self.is_possible(level)?;
        match self.keys[level].take().filter(|_| is_possible) {
            Some(key) => {
                let index = key.token - self.taken;
                let span = Span::new(key.start.at, key.start.at);
                self.queue.insert(index, Token { kind: TokenKind::Key, span });
                self.begin_block(key.start.column(), TokenKind::BlockMap, span, index);
                self.allows_key = false;
            }
            None => {
                self.begin_block_here(TokenKind::BlockMap)?;
                self.allows_key = !self.is_in_flow();
            }
        }
        self.sign(TokenKind::Colon, 1)
    }

    /// Reads a token that may be a key, or belong to one.
    fn word(&mut self, read: impl FnOnce(&mut Self) -> Option<TokenKind<'s>>) -> Option<()> {
        self.note_key()?;
        self.allows_key = false;
        let start = self.cursor.at;
        let kind = read(self)?;
        self.push(kind, start)
    }

    fn plain_scalar(&mut self) -> Option<()> {
        self.note_key()?;
        self.allows_key = false;
        let start = self.cursor.at;
        let (text, end) = self.plain()?;
        self.queue.push_back(Token { kind: TokenKind::Scalar(Style::Plain, text), span: Span::new(start, end) });
        Some(())
    }

    fn block_scalar(&mut self) -> Option<()> {
        self.forget_key(self.keys.len() - 1)?;
        self.allows_key = true;
        let (kind, span) = self.block()?;
        self.queue.push_back(Token { kind, span });
        Some(())
    }

    /// Goes past an anchor's or alias's name.
    fn anchor(&mut self) -> Option<()> {
        self.cursor.at += 1;
        let name = self.cursor.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        let ends = self.cursor.ends_word(0) || b"?:,]}%@`".contains(&self.cursor.byte(0));
        (!name.is_empty() && ends).then_some(())
    }

    /// A tag, resolved as far as that takes no directive.
    fn tag(&mut self) -> Option<Cow<'s, str>> {
        let is_verbatim = self.cursor.byte(1) == b'<';
        self.cursor.at += if is_verbatim { 2 } else { 0 };
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-;/?:@&=+$,.!~*'()[]".contains(&byte);
        let tag = self.cursor.take_while(is_part);
        if is_verbatim {
            (self.cursor.byte(0) == b'>').then(|| self.cursor.at += 1)?;
        }
        (self.cursor.ends_word(0) && !tag.is_empty()).then_some(())?;
        match tag.strip_prefix("!!") {
            _ if is_verbatim => Some(Cow::Borrowed(tag)),
            Some(name) => (!name.is_empty()).then(|| Cow::Owned(format!("tag:yaml.org,2002:{name}"))),
            None => (!tag[1..].contains('!')).then_some(Cow::Borrowed(tag)),
        }
    }

    /// Remembers that the next token may be a key.
    fn note_key(&mut self) -> Option<()> {
        if self.allows_key {
            let level = self.keys.len() - 1;
            self.forget_key(level)?;
            let is_required = !self.is_in_flow() && self.indents.last() == Some(&self.cursor.column());
            let token = self.taken + self.queue.len();
            self.keys[level] = Some(PossibleKey { token, start: self.cursor, is_required });
        }
        Some(())
    }

    /// Forgets the possible key of a level, which no `:` has followed.
    fn forget_key(&mut self, level: usize) -> Option<()> {
        self.keys[level].take().is_none_or(|key| !key.is_required).then_some(())
    }

    fn begin_block_here(&mut self, kind: TokenKind<'s>) -> Option<()> {
        if self.is_in_flow() {
            return Some(());
        }
        let span = Span::new(self.cursor.at, self.cursor.at);
        self.allows_key.then(|| self.begin_block(self.cursor.column(), kind, span, self.queue.len()))
    }

    /// Begins a block collection before the queue's token `index`, if its column is deeper than the last one.
    fn begin_block(&mut self, column: usize, kind: TokenKind<'s>, span: Span, index: usize) {
        if !self.is_in_flow() && self.indents.last() < Some(&column) {
            self.indents.push(column);
            self.queue.insert(index, Token { kind, span });
        }
    }

    /// Ends the block collections that are deeper than `column`; without one, all of them.
    fn end_blocks(&mut self, column: Option<usize>) {
        if self.is_in_flow() {
            return;
        }
        while self.indents.pop_if(|indent| Some(*indent) > column).is_some() {
            let span = Span::new(self.cursor.at, self.cursor.at);
            self.queue.push_back(Token { kind: TokenKind::BlockEnd, span });
        }
    }

    fn sign(&mut self, kind: TokenKind<'s>, length: usize) -> Option<()> {
        let start = self.cursor.at;
        self.cursor.at += length;
        self.push(kind, start)
    }

    fn push(&mut self, kind: TokenKind<'s>, start: usize) -> Option<()> {
        self.queue.push_back(Token { kind, span: Span::new(start, self.cursor.at) });
        Some(())
    }
}

/// Whether a text has more than `limit` characters.
fn is_longer(text: &str, limit: usize) -> bool {
    text.len() > limit && text.chars().nth(limit).is_some()
}
