//! The file with the keys of the keep: what it holds, and how one is made.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::seal::{KEY_LEN, Keys};
use super::settings::{KEEP, KEY_FILE};
use crate::config::View;
use crate::error::{Error, Kind};
use crate::setting_file;

/// How a key is made.
const HOW: &str = "a line of it is made by `head -c 32 /dev/urandom | base64`";

/// Reads the keys that `AVP_KEEP_KEY_FILE` names.
pub(super) fn read(settings: &View) -> Result<Keys, Error> {
    let Some(text) = setting_file::read(settings, &KEY_FILE)? else {
        let detail = format!("`{}` needs `{}`: what is kept is sealed", KEEP.name(), KEY_FILE.name());
        return Err(Error::new(Kind::Setting, detail).hint(format!("let it name a file with a key: {HOW}")));
    };
    let place = settings.locate_setting(&KEY_FILE);
    parse(&text).map_err(|wrong| Error::new(Kind::Setting, format!("the file of {place} {wrong}")).hint(HOW))
}

/// The keys of a file's lines. An error does not quote them.
fn parse(text: &[u8]) -> Result<Keys, String> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).enumerate();
    let keys = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with(b"#"));
    let keys: Vec<_> = keys.map(|(index, line)| key(line, index + 1)).collect::<Result<_, _>>()?;
    Keys::new(keys).ok_or_else(|| "holds no key".to_owned())
}

fn key(line: &[u8], number: usize) -> Result<Zeroizing<[u8; KEY_LEN]>, String> {
    let bytes = STANDARD.decode(line).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| format!("is not base64 in line {number}"))?;
    let mut key = Zeroizing::new([0; KEY_LEN]);
    if bytes.len() != key.len() {
        return Err(format!("has {} bytes in line {number}, and a key has {KEY_LEN}", bytes.len()));
    }
    key.copy_from_slice(&bytes);
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_lines_of_base64() {
        let line = |byte| STANDARD.encode([byte; KEY_LEN]);
        let text = format!("# new\n{}\r\n\n{}\n", line(1), line(2));
        assert_eq!(parse(text.as_bytes()).map(|keys| keys.len()), Ok(2));
        for (text, wrong) in [
            ("", "holds no key"),
            ("\n# none\n", "holds no key"),
            ("hunter2!", "is not base64 in line 1"),
            (&format!("{}\naHVudGVyMg==", line(1)), "has 7 bytes in line 2, and a key has 32"),
        ] {
            assert_eq!(parse(text.as_bytes()).map(|keys| keys.len()), Err(wrong.to_owned()));
        }
    }
}
