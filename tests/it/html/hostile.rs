//! Manifests that try to run as code, from names, keys, values, comments and the name of a file.

use std::fs;
use std::net::TcpListener;

use serde_json::json;

use super::page;
use crate::support::servers;

/// Text that closes any element or quote around it, then tries to run, load and send.
fn attack(port: u16) -> String {
    format!(
        "</script></style></title>--><script>window.ran=1</script><img src=http://127.0.0.1:{port}/x onerror=window.ran=1>\
         <style>@import 'http://127.0.0.1:{port}/y'</style><svg onload=window.ran=1>{{{{script}}}}\\\"' onfocus=window.ran=1 autofocus x="
    )
}

/// A port on which nothing may knock.
fn trap() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn a_manifest_cannot_be_code() {
    let Some(browser) = servers::browser() else { return };
    let (trap, port) = trap();
    let attack = attack(port);
    let text = |value: &str| {
        format!(
            "apiVersion: v1\nkind: \"{attack}\"\nmetadata:\n  name: \"{attack}\"\n  namespace: \"{attack}\"\ndata:\n  \
             \"{attack}\": \"{attack}{value}\" # {attack}\n  steers: \"\u{202e}x\u{200b}\"\n"
        )
    };
    let (before, after) = (text("1"), text("2"));
    let name = "<img src=x onerror=ran=1>\"'&.yaml";
    let file = page(browser.folder(), &[(name, &before)], &[(name, &after), ("new.yaml", &after.replace("/v1", ""))]);
    browser.requests();
    browser.open(&file);
    browser.press("jxvtvjo");
    assert_eq!(browser.ask("return window.ran ?? 'inert'"), "inert");
    let alien = "return document.querySelectorAll('img, svg, iframe, link, script:not(body > script:last-child), style:not(head > style)').length";
    assert_eq!(browser.ask(alien), 0);
    let title = browser.ask("return document.querySelector('h2 b').textContent");
    assert_eq!(title, attack.replace("\\\"", "\""), "shown as it is written");
    let drawn = browser.ask("return [...document.querySelectorAll('#c1 .inline .odd')].map(e => e.textContent)");
    assert_eq!(drawn, json!(["U+202E", "U+200B"]));
    assert_eq!(browser.console(), Vec::<String>::new());
    assert_eq!(browser.requests(), [format!("file://{}", file.display())], "nothing but the page is loaded");
    assert!(trap.accept().is_err(), "somebody knocked");
}

#[test]
fn what_got_in_all_the_same_would_not_run() {
    let Some(browser) = servers::browser() else { return };
    let (trap, port) = trap();
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";
    let file = page(browser.folder(), &[], &[("a.yaml", map)]);
    let planted =
        fs::read_to_string(&file).unwrap().replace("<main", &format!("{}<main", attack(port).replace('\\', "")));
    fs::write(&file, planted).unwrap();
    browser.open(&file);
    assert_eq!(browser.ask("return document.querySelectorAll('img').length"), 1, "it did get in");
    assert_eq!(browser.ask("return window.ran ?? 'inert'"), "inert");
    let refused = browser.console().join("\n");
    assert!(refused.contains("script-src") && refused.contains("img-src"), "{refused}");
    assert!(trap.accept().is_err(), "somebody knocked");
    browser.ask("try { document.body.innerHTML = '<b>x</b>' } catch {}");
    assert_eq!(browser.ask("return document.querySelector('main') !== null"), true, "markup is made of no text");
}
