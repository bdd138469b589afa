//! The parameters behind a path's `?`, with which some endpoints are written to get a secret. Knows no store.

use std::collections::BTreeMap;

use crate::error::{Error, Kind};
use crate::percent;

/// Parameters by their names. The order in which a path has them does not matter.
pub(crate) type Parameters = BTreeMap<String, String>;

/// A path as it is written, and the parameters behind its `?`. Without a `=`, what follows a `?` is a part of the path.
pub(crate) fn path_and_parameters(written: &str) -> Result<(&str, Parameters), Error> {
    match written.split_once('?').filter(|(_, query)| query.contains('=')) {
        Some((path, query)) => Ok((path.trim_end(), parse(query)?)),
        None => Ok((written, Parameters::new())),
    }
}

/// The path with its parameters, as a placeholder writes them.
pub(super) fn written(path: &str, parameters: &Parameters) -> String {
    let mut out = path.to_owned();
    for (index, (name, value)) in parameters.iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out += &format!("{}={}", percent::encode_parameter(name), percent::encode_parameter(value));
    }
    out
}

fn parse(query: &str) -> Result<Parameters, Error> {
    let mut parameters = Parameters::new();
    for part in query.split('&') {
        let Some((name, value)) = part.split_once('=') else {
            return Err(wrong(
                format!("the parameter `{}` has no value", part.trim()),
                "parameters are `name=value`, with `&` between two",
            ));
        };
        let decoded = |text: &str| {
            let hint = "`%` begins two hex digits, as in `%26` for `&`; a `%` itself is `%25`";
            percent::decode_all(text)
                .ok_or_else(|| wrong(format!("the parameter `{}` is not percent-encoded text", name.trim()), hint))
        };
        let (key, value) = (decoded(name.trim())?, decoded(value)?);
        if key.is_empty() {
            return Err(wrong(
                "a parameter has no name".to_owned(),
                "parameters are `name=value`, with `&` between two",
            ));
        }
        if parameters.contains_key(&key) {
            return Err(wrong(
                format!("the parameter `{key}` appears twice"),
                "give it once; several values go into one, with commas",
            ));
        }
        parameters.insert(key, value);
    }
    Ok(parameters)
}

fn wrong(detail: String, hint: &str) -> Error {
    Error::new(Kind::Placeholder, detail).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_their_order_does_not_matter() {
        for (text, path, expected) in [
            ("pki/issue/web?ttl=72h&common_name=a.b", "pki/issue/web", "pki/issue/web?common_name=a.b&ttl=72h"),
            ("a ?n=x+y%20z%26%25", "a", "a?n=x+y z%26%25"),
            ("t/decrypt/k?ciphertext=vault:v1:a+/=", "t/decrypt/k", "t/decrypt/k?ciphertext=vault:v1:a+/="),
            ("a?n=", "a", "a?n="),
            ("a?%6e=1", "a", "a?n=1"),
            ("secret/data/what?", "secret/data/what?", "secret/data/what?"),
            ("secret/data/a?b", "secret/data/a?b", "secret/data/a?b"),
        ] {
            let (found, parameters) = path_and_parameters(text).unwrap();
            assert_eq!((found, written(found, &parameters).as_str()), (path, expected), "{text}");
            assert_eq!(path_and_parameters(expected).unwrap(), (path, parameters), "what is written is read");
        }
    }

    #[test]
    fn what_is_no_parameter_is_an_error() {
        for (text, detail) in [
            ("a?n=1&m", "the parameter `m` has no value"),
            ("a?n=1&", "the parameter `` has no value"),
            ("a?=1", "a parameter has no name"),
            ("a?n=1&n=2", "the parameter `n` appears twice"),
            ("a?n=1&%6E=2", "the parameter `n` appears twice"),
            ("a?n=%zz", "the parameter `n` is not percent-encoded text"),
            ("a?n=%ff", "the parameter `n` is not percent-encoded text"),
            ("a?n=5%", "the parameter `n` is not percent-encoded text"),
        ] {
            assert_eq!(path_and_parameters(text).unwrap_err().detail, detail, "{text}");
        }
    }
}
