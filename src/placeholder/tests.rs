//! Tables of texts and the matches found in them.

use super::{Base64, Context, Key, Match, MatchKind, Placeholder, Reference, find};

const PLAIN: Context = Context { generic: false, base64: Base64::No };
const ANNOTATED: Context = Context { generic: true, base64: Base64::No };
const SECRET_DATA: Context = Context { generic: true, base64: Base64::Whole };

/// `path#key#version|modifiers` of each placeholder; `raw(x)`, `malformed`, `wrong`, `json(…)`.
fn shown(text: &str, context: Context) -> String {
    list(&find(text, context))
}

fn list(found: &[Match]) -> String {
    found.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn one(found: &Match) -> String {
    match &found.kind {
        MatchKind::Raw(text) => format!("raw({text})"),
        MatchKind::Placeholder(placeholder) => placeholder_shown(placeholder),
        MatchKind::Wrong(_) => "wrong".into(),
        MatchKind::Malformed(_) => "malformed".into(),
        MatchKind::Encoded { encoding, matches, .. } => format!("{}({})", encoding.name, list(matches)),
    }
}

fn placeholder_shown(Placeholder { secret, key, chain, closed, .. }: &Placeholder) -> String {
    let secret = match secret {
        Reference::Inline { path, version: Some(version) } => format!("{path}@{version}"),
        Reference::Inline { path, version: None } => path.clone(),
        Reference::Annotated => "annotated".into(),
    };
    let key = match key {
        Key::Whole => "*".into(),
        Key::Named(name) => format!("{name:?}"),
    };
    let names: Vec<_> = chain.names().collect();
    format!(
        "{secret}#{key}{}{}",
        if *closed { "!" } else { "" },
        names.iter().map(|name| format!("|{name}")).collect::<String>()
    )
}

#[test]
fn inline_placeholders() {
    for (text, expected) in [
        ("<path:a/b#k>", "a/b#\"k\""),
        ("x<path:a/b#k>y<path:a#l>", "a/b#\"k\" a#\"l\""),
        ("< path: a/b # k # 3 >", "a/b@3#\"k\""),
        ("<path:a#k#latest>", "a#\"k\""),
        ("<path:a#k#>", "a#\"k\""),
        ("<path:a#k#x>", "wrong"),
        ("<path:a#k#99999999999999999999>", "wrong"),
        ("<path:a#*>", "a#*"),
        ("<path:a#\"*\">", "a#\"*\""),
        ("<path:a#odd key.name>", "a#\"odd key.name\""),
        ("<path:a/b#\"odd | key\">", "a/b#\"odd | key\""),
        ("<path:a/b#\" k#> \"#2 | base64encode>", "a/b@2#\" k#> \"|base64encode"),
        (r#"<path:a/b#"a\"b">"#, r#"a/b#"a\"b""#),
        ("<path:a#k | base64encode>", "a#\"k\"|base64encode"),
        ("<path:a#k|base64encode|sha256sum>", "a#\"k\"|base64encode|sha256sum"),
        ("<path:a#k\n | base64encode\n|\n indent\n 2>", "a#\"k\"|base64encode|indent"),
        ("<path:a#k\n>", "malformed"),
        ("<path:a#k | base64encode\n>", "malformed"),
        ("<path:a\n#k>", "malformed"),
        ("<path:a/b#k | jsonPath {.arr[?(@ > 1)]}>", "a/b#\"k\"|jsonPath"),
        ("<path:a/b#k | jsonPath {..[?(@==1 || @==2)]}> z>", "a/b#\"k\"|jsonPath"),
        ("<path:a#k | default \"a > b | c\">", "a#\"k\"|default"),
        ("<path:a#k | default it's> 'x'", "a#\"k\"|default"),
        ("<path:a#k | nope>", "wrong"),
        ("<path:a#k | >", "wrong"),
        ("<path:a#k | jsonPath {.a[>", "wrong"),
        ("<path:a>", "malformed"),
        ("<path:#k>", "malformed"),
        ("<path:a#>", "malformed"),
        ("<path:a#k#1#2>", "malformed"),
        ("<path:a#k", "malformed"),
        ("<path:foo no hash> then # and > <path:a#user>", "malformed a#\"user\""),
        ("<path:x <path:a#k>", "malformed a#\"k\""),
        ("<raw:path:a#k>", "raw(<path:a#k>)"),
        ("<raw:br> <raw:a<b> c>", "raw(<br>) raw(<a<b>)"),
        ("<user> <Path:a#k> < paths>", ""),
    ] {
        assert_eq!(shown(text, PLAIN), expected, "{text:?}");
    }
}

#[test]
fn generic_placeholders() {
    for (text, expected) in [
        ("<user>", "annotated#\"user\""),
        ("<user | base64encode >", "annotated#\"user\"|base64encode"),
        ("<user|base64encode>", "annotated#\"user\"|base64encode"),
        ("<*>", "annotated#*"),
        ("<* | toJson>", "annotated#*|toJson"),
        ("<a.b-c_d>", "annotated#\"a.b-c_d\""),
        ("< user>", ""),
        ("<user >", ""),
        ("< user | base64encode>", "annotated#\"user\"|base64encode"),
        ("<  user |base64encode>", "annotated#\"user\"|base64encode"),
        ("<\tuser\n| base64encode | sha256sum >", "annotated#\"user\"|base64encode|sha256sum"),
        ("< user | indent>", "wrong"),
        ("< user | nope>", ""),
        ("< user |>", ""),
        ("cat < in | sort > out", ""),
        ("<< user | base64encode>", ""),
        ("a < 5 and b > 3", ""),
        ("<div class=\"x\">", ""),
        ("<<EOF>", ""),
        ("cat <<EOF > f", ""),
        ("<b>x</b>", "annotated#\"b\"!"),
        ("<br>", "annotated#\"br\""),
        ("if a < 3 use <user>", "annotated#\"user\""),
        ("<a/b> <-x> </b>", ""),
        ("<a <user>", "annotated#\"user\""),
        ("<path:a#k> <user>", "a#\"k\" annotated#\"user\""),
    ] {
        assert_eq!(shown(text, ANNOTATED), expected, "{text:?}");
    }
}

#[test]
fn encoded_placeholders() {
    for (text, expected) in [
        (r#"{"id":"\u003cpath:a#k\u003e"}"#, "json(a#\"k\")"),
        (r#"{"id":"\u003Cpath:a#k | default \"x>\" \u003E","n":">"}"#, "json(a#\"k\"|default)"),
        (r#"{"id":"\u003cpath:a#k","n":">"}"#, "json(malformed)"),
        (r#"{"id":"<path:a#k>","t":"\n"}"#, "a#\"k\""),
        ("http://x/?q=%3Cpath%3Aa%2Fb%23k%3E&r=1", "url(a/b#\"k\")"),
        ("%3cpath%3Aa%23k+%7C%20base64encode%3e", "url(a#\"k\"|base64encode)"),
        ("&lt;path:a#k&gt; &#60;path:a#l&#62; &#x3C;path:a#m&#x3e;", "html(a#\"k\") html(a#\"l\") html(a#\"m\")"),
        ("&lt;path:a#k | default &quot;x&#34;&gt;", "html(a#\"k\"|default)"),
        (r"\u0026lt;path:a#k\u0026gt;", "json(html(a#\"k\"))"),
        (r"C:\\u003cpath:a#k\\u003e", ""),
        (r#"{"dir":"C:\\u003cpath:a#k\\u003e"}"#, ""),
        (r"C:\\\u003cpath:a#k\u003e", "json(a#\"k\")"),
        ("%253Cpath%253Aa%2523k%253E", "url(url(a#\"k\"))"),
        (r#"{"a":"{\"b\":\"\\u003cpath:a#k\\u003e\"}"}"#, "json(json(a#\"k\"))"),
        (r"\u003craw:x\u003e", "json(raw(<x>))"),
        (r"\u003cuser\u003e", ""),
        ("PHBhdGg6YSNrPg==", ""),
    ] {
        assert_eq!(shown(text, ANNOTATED), expected, "{text:?}");
    }
}

#[test]
fn base64_in_the_data_of_a_secret() {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let docker = format!(r#"{{"auths":{{"r":{{"auth":"{}"}}}}}}"#, encode("bob:<path:a#k>"));
    for (text, expected) in [
        (encode("<path:a#k>"), "base64(a#\"k\")"),
        (encode("<user>"), "base64(annotated#\"user\")"),
        (encode(r"\u003cpath:a#k\u003e"), "base64(json(a#\"k\"))"),
        (encode(&docker), "base64(base64(a#\"k\"))"),
        (encode(&encode("<path:a#k>")), ""),
        (encode("no placeholder"), ""),
        ("PHBhdGg6YSNrPg".into(), ""),
        ("<path:a#k | base64encode>".into(), "a#\"k\"|base64encode"),
        (base64::engine::general_purpose::STANDARD.encode(b"\x00<\x01>\xff<user>"), ""),
    ] {
        assert_eq!(shown(&text, SECRET_DATA), expected, "{text:?}");
    }
}
