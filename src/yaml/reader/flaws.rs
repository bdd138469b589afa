//! What is wrong with a text that cannot be read, and what helps.

use granit_parser::{ErrorKind, ScanError};

use crate::budget::Limit;
use crate::error::Kind;
use crate::source::Span;
use crate::yaml::flaw::Flaw;
use crate::yaml::token;

/// The flaw for an error of the parser crate, whose messages quote at most one character. `reach` is how far Kubernetes' decoder has read
/// the document: what that one reads is not what is wrong.
pub(super) fn refused(error: &ScanError, text: &str, body: Span, reach: usize) -> Flaw {
    let at = (error.marker().byte_offset().unwrap_or(0) + body.start).min(text.len());
    let kind = error.kind();
    if *kind == ErrorKind::RecursionLimitExceeded {
        return exceeds(Limit::Depth, char_at(text, at));
    }
    if may_be_read(kind) && token::line_end(text.as_bytes(), at) < reach {
        let flaw = Flaw::new(
            Kind::Syntax,
            char_at(text, reach),
            "invalid YAML: Kubernetes' decoder reads no further than here",
        );
        return flaw.hint("check the indentation, the quotes and the tabs of this line and the one before");
    }
    let flaw = Flaw::new(Kind::Syntax, char_at(text, at), format!("invalid YAML: {}", error.info()));
    match hint(kind) {
        Some(hint) => flaw.hint(hint),
        None => flaw,
    }
}

/// The character at `at`; nothing at the text's end.
fn char_at(text: &str, at: usize) -> Span {
    Span::new(at, text[at..].chars().next().map_or(at, |char| at + char.len_utf8()))
}

/// Whether libyaml, and so Kubernetes' decoder, may read what the parser crate refuses so.
fn may_be_read(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::BomInsideDocument
            | ErrorKind::CommentInterceptedScalar
            | ErrorKind::CommentNotSeparated
            | ErrorKind::ExpectedWhitespace
            | ErrorKind::InvalidIndentation
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabNotAllowed
            | ErrorKind::UnknownQuotedScalarEscape
    )
}

/// The flaw of a character after which the two readers are not on the same line.
pub(super) fn own_line_break(span: Span) -> Flaw {
    let detail = "invalid YAML: Kubernetes takes this character (U+0085, U+2028 or U+2029) for a line break";
    Flaw::new(Kind::Syntax, span, detail).hint("write it as an escape in double quotes")
}

/// The flaw of a text that goes on after its document.
pub(super) fn another_document(span: Span) -> Flaw {
    let flaw = Flaw::new(Kind::Syntax, span, "invalid YAML: another document starts without a `---` line");
    flaw.hint("Kubernetes would drop it: put a line `---` before it, or begin it at the column of the lines above")
}

/// The flaw of a document that exceeds `limit`.
pub(super) fn exceeds(limit: Limit, span: Span) -> Flaw {
    Flaw::new(Kind::Syntax, span, format!("invalid YAML: {limit}"))
}

/// The hint for an alias without its anchor.
pub(super) const ALIAS: &str =
    "quote a text that begins with `*` or `&`; an alias `*x` needs its anchor `&x` before it in the same document";

/// The hint for a common mistake.
fn hint(kind: &ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::InvalidIndentation => {
            Some("indent the lines of a quoted text further than its key")
        }
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed => {
            Some("indent with spaces")
        }
        ErrorKind::UnclosedQuotedScalar => Some("close the quoted text"),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            Some("quote the whole text, or nothing of it")
        }
        ErrorKind::UnknownQuotedScalarEscape => Some("write `\\\\` for a `\\`, or quote the text with `'`"),
        ErrorKind::MappingValueNotAllowed | ErrorKind::SimpleKeyExpected | ErrorKind::InvalidColonPlacement => {
            Some("quote a text that holds `: `, and check the indentation")
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry => Some("check the indentation"),
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator => {
            Some("close each `{` and `[`; quote a text that begins with one, such as helm's `{{ … }}`")
        }
        ErrorKind::UnknownAnchor | ErrorKind::MissingAnchorOrAliasName => Some(ALIAS),
        ErrorKind::UnexpectedCharacter { character } if !character.is_control() => {
            Some("quote a text that begins with a character of YAML's own")
        }
        _ => None,
    }
}
