//! Which trace a call belongs to: its client's, as W3C's header `traceparent` says it, or a new one.

use tonic::metadata::MetadataMap;

/// The header's name.
const HEADER: &str = "traceparent";

/// The bit of its flags that says that the trace is recorded.
const SAMPLED: u8 = 1;

/// The trace of a call, and the client's span in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TraceContext {
    pub(super) trace: [u8; 16],
    /// `None` if the trace begins here.
    pub(super) parent: Option<[u8; 8]>,
}

/// The header of a call, if it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) struct TraceParent {
    trace: [u8; 16],
    span: [u8; 8],
    is_sampled: bool,
}

impl TraceContext {
    /// The trace to record a call in. The client's choice counts, where there is one; of the others so many of one are recorded.
    pub(super) fn of(parent: Option<TraceParent>, ratio: f64) -> Option<Self> {
        match parent {
            Some(TraceParent { trace, span, is_sampled }) => is_sampled.then_some(Self { trace, parent: Some(span) }),
            None => {
                let trace = random()?;
                is_within(&trace, ratio).then_some(Self { trace, parent: None })
            }
        }
    }
}

impl TraceParent {
    /// What a call's headers say.
    pub(in crate::server) fn of(headers: &MetadataMap) -> Option<Self> {
        Self::parse(headers.get(HEADER)?.to_str().ok()?)
    }

    /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`; a later version may add parts.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let [version] = hex::<1>(parts.next()?)?;
        let (trace, span, [flags]) = (hex(parts.next()?)?, hex(parts.next()?)?, hex(parts.next()?)?);
        let is_right =
            version != 0xff && (version != 0 || parts.next().is_none()) && trace != [0; 16] && span != [0; 8];
        is_right.then_some(Self { trace, span, is_sampled: flags & SAMPLED != 0 })
    }
}

/// Random bytes for an id; `None` if the system has none.
pub(super) fn random<const N: usize>() -> Option<[u8; N]> {
    let mut id = [0; N];
    getrandom::fill(&mut id).ok()?;
    Some(id)
}

/// Whether a trace is among the recorded ones, by its id, as OpenTelemetry's own samplers decide it.
fn is_within(trace: &[u8; 16], ratio: f64) -> bool {
    let number = trace[8..].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    ((number >> 1) as f64) < ratio * (1_u64 << 63) as f64
}

/// Bytes of so many lower-case digits.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 2 * N || !text.bytes().all(is_hex) {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_client_s_trace_goes_on_as_the_client_has_chosen() {
        let parent = TraceParent::parse(PARENT).unwrap();
        let context = TraceContext::of(Some(parent), 0.0).unwrap();
        assert_eq!((context.trace[0], context.parent.unwrap()[7]), (0x4b, 0xb7));
        let unrecorded = TraceParent::parse(&PARENT.replace("-01", "-00")).unwrap();
        assert_eq!(TraceContext::of(Some(unrecorded), 1.0), None);
    }

    #[test]
    fn what_is_no_header_of_w3c_s_is_passed_over() {
        for wrong in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
            "00-é4bf92f3577b34da6a3ce929d0e0e47-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceParent::parse(wrong), None, "{wrong}");
        }
        assert!(TraceParent::parse(&format!("01{}-later", &PARENT[2..])).is_some());
    }

    #[test]
    fn of_traces_that_begin_here_so_many_are_recorded() {
        assert_eq!((TraceContext::of(None, 0.0), TraceContext::of(None, 1.0).is_some()), (None, true));
        let trace = |first: u8| [[0; 8], [first, 0, 0, 0, 0, 0, 0, 0]].concat().try_into().unwrap();
        assert!(is_within(&trace(0x3f), 0.25) && !is_within(&trace(0x40), 0.25));
    }
}
