//! Where traces are sent and how, in the words of Argo CD's own servers. Knows no trace.

use tonic::metadata::{MetadataKey, MetadataMap, MetadataValue};

/// Where traces are sent.
#[derive(Clone)]
pub(crate) struct TraceOptions {
    /// `collector:4317`
    pub(crate) address: String,
    /// Whether without TLS.
    pub(crate) is_insecure: bool,
    /// What is sent with each request. The values may be secret.
    pub(crate) headers: MetadataMap,
    /// What each trace says of this program, besides its name and version.
    pub(crate) attributes: Vec<(String, String)>,
    /// How many of one trace that begins here are recorded.
    pub(crate) ratio: f64,
}

/// `NAME=VALUE,…`
pub(crate) fn headers(text: &str) -> Result<MetadataMap, String> {
    let mut headers = MetadataMap::new();
    for pair in text.split(',').filter(|pair| !pair.trim().is_empty()) {
        let wrong = || "is not a list of `NAME=VALUE`, as gRPC takes headers".to_owned();
        let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
        let name = MetadataKey::from_bytes(name.trim().to_ascii_lowercase().as_bytes()).map_err(|_| wrong())?;
        let mut value: MetadataValue<_> = value.trim().parse().map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// `NAME:VALUE,…`
pub(crate) fn attributes(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned())));
    pairs.collect::<Option<_>>().ok_or_else(|| "is not a list of `NAME:VALUE`".to_owned())
}

/// A number from 0 to 1.
pub(crate) fn ratio(text: &str) -> Result<f64, String> {
    let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    ratio.ok_or_else(|| "is not a number from 0 to 1".to_owned())
}

/// A host with its port.
pub(crate) fn address(text: &str) -> Result<String, String> {
    let port = text.rsplit_once(':').and_then(|(host, port)| port.parse::<u16>().ok().filter(|_| !host.is_empty()));
    let is_right = port.is_some() && !text.contains(['/', '@', ' ']);
    is_right.then(|| text.to_owned()).ok_or_else(|| "is not `HOST:PORT`".to_owned())
}

/// No value of a header is shown.
impl std::fmt::Debug for TraceOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TraceOptions({}, {} headers)", self.address, self.headers.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_argo_cd_s() {
        let read = headers("Authorization=Bearer a=b, x-team=shop,").unwrap();
        assert_eq!((read.get("authorization").unwrap().to_str().unwrap(), read.len()), ("Bearer a=b", 2));
        assert!(headers("a").is_err() && headers("a b=c").is_err() && headers("").unwrap().is_empty());
        assert_eq!(attributes("env:prod,zone:a:b").unwrap()[1], ("zone".to_owned(), "a:b".to_owned()));
        assert!(attributes("env=prod").is_err());
        assert_eq!((ratio("0.25"), ratio("2").is_err(), ratio("NaN").is_err()), (Ok(0.25), true, true));
        for (text, is_right) in
            [("otel:4317", true), ("[::1]:4317", true), ("otel", false), ("http://otel:4317", false)]
        {
            assert_eq!(address(text).is_ok(), is_right, "{text}");
        }
    }

    #[test]
    fn no_header_s_value_is_shown() {
        let headers = headers("authorization=hvs.secret").unwrap();
        let options = TraceOptions {
            address: "otel:4317".to_owned(),
            is_insecure: true,
            headers,
            attributes: vec![],
            ratio: 1.0,
        };
        assert!(!format!("{options:?} {:?}", options.headers).contains("hvs"));
    }
}
