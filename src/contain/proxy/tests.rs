//! The proxy against listeners of the tests' own on this machine, which are listed by name where they are to be reached.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::*;
use crate::error::Kind;

/// A server that greets, then repeats what it hears.
async fn server() -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((mut client, _)) = listener.accept().await {
            connections.spawn(async move {
                client.write_all(b"hello ").await.unwrap();
                let (mut from, mut to) = client.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    (port, serving)
}

/// A server that nobody may reach: whoever connects is seen.
struct Untouched {
    listener: TcpListener,
}

impl Untouched {
    async fn new() -> Self {
        Self { listener: TcpListener::bind(("127.0.0.1", 0)).await.unwrap() }
    }

    fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    async fn assert(&self) {
        let connection = timeout(Duration::from_millis(50), self.listener.accept()).await;
        assert!(connection.is_err(), "somebody connected");
    }
}

fn proxy(hosts: &str) -> Proxy {
    Proxy::start(Hosts::parse(hosts).unwrap(), Upstream::default()).unwrap()
}

fn upstream(variables: &[(&str, &str)]) -> Upstream {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Upstream::new(&variables)
}

/// The password's header line.
fn authorization(proxy: &Proxy) -> String {
    format!("Proxy-Authorization: {}\r\n", proxy.gate.authorization)
}

/// What the proxy says to these bytes, until it closes.
async fn say(proxy: &Proxy, bytes: &str) -> String {
    let mut client = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    client.write_all(bytes.as_bytes()).await.unwrap();
    client.shutdown().await.unwrap();
    let mut text = String::new();
    let _ = client.read_to_string(&mut text).await;
    text
}

async fn connect(proxy: &Proxy, target: &str) -> String {
    say(proxy, &format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{}\r\n", authorization(proxy))).await
}

#[tokio::test]
async fn a_host_that_is_listed_is_reached() {
    let (port, _serving) = server().await;
    for (hosts, target) in [
        (format!("localhost:{port}"), format!("localhost:{port}")),
        (format!("localhost:{port}"), format!("LocalHost.:{port}")),
        (format!("127.0.0.1:{port}"), format!("127.0.0.1:{port}")),
        (format!("127.0.0.1:{port}"), format!("0x7f.1:{port}")),
        (format!("127.0.0.1:{port}"), format!("[::ffff:7f00:1]:{port}")),
        // The address is listed, and any name may be asked for.
        (format!("* 127.0.0.1:{port}"), format!("localhost:{port}")),
    ] {
        let proxy = proxy(&hosts);
        let request = format!("CONNECT {target} HTTP/1.1\r\n{}\r\nping", authorization(&proxy));
        assert_eq!(say(&proxy, &request).await, "HTTP/1.1 200 Connection established\r\n\r\nhello ping", "{hosts}");
        assert_eq!(proxy.refusals(), []);
    }
}

#[tokio::test]
async fn a_host_that_is_not_listed_sees_nothing() {
    let server = Untouched::new().await;
    let port = server.port();
    for hosts in ["", "charts.example.com", "localhost", "localhost:1", "*.localhost"] {
        let proxy = proxy(hosts);
        let answer = connect(&proxy, &format!("localhost:{port}")).await;
        let reason = format!("AVP_TOOL_HOSTS does not name localhost:{port}");
        assert!(answer.starts_with(&format!("HTTP/1.1 403 {reason}\r\n")), "{hosts}: {answer}");
        let error = proxy.explain("helm", Error::new(Kind::Input, "x"));
        assert_eq!(error.detail, format!("helm asked for `localhost:{port}`, which `AVP_TOOL_HOSTS` does not name"));
    }
    server.assert().await;
}

#[tokio::test]
async fn any_host_is_no_host_of_this_machine_or_network() {
    let server = Untouched::new().await;
    let port = server.port();
    let proxy = proxy("* *.localhost");
    for host in [
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.100.100.200",
        "[fe80::1]",
        "224.0.0.1",
        "255.255.255.255",
        "%31%32%37.0.0.1",
    ] {
        let answer = connect(&proxy, &format!("{host}:{port}")).await;
        let refused = answer.starts_with("HTTP/1.1 403 the address of ");
        // A name below `localhost` may be unknown to the system.
        assert!(refused || host == "a.localhost" && answer.starts_with("HTTP/1.1 502 "), "{host}: {answer}");
    }
    server.assert().await;
}

#[tokio::test]
async fn nothing_but_a_way_is_opened() {
    let server = Untouched::new().await;
    let port = server.port();
    let proxy = proxy(&format!("localhost:{port} 127.0.0.1:{port}"));
    let authorization = authorization(&proxy);
    for (request, status) in [
        (format!("GET http://localhost:{port}/ HTTP/1.1\r\n{authorization}\r\n"), 405),
        (format!("POST http://localhost:{port}/ HTTP/1.1\r\n{authorization}\r\n"), 405),
        (format!("GET / HTTP/1.1\r\n{authorization}\r\n"), 405),
        (format!("connect localhost:{port} HTTP/1.1\r\n{authorization}\r\n"), 405),
        (format!("CONNECT http://localhost:{port} HTTP/1.1\r\n{authorization}\r\n"), 405),
        (format!("CONNECT localhost HTTP/1.1\r\n{authorization}\r\n"), 405),
        (format!("CONNECT user@localhost:{port} HTTP/1.1\r\n{authorization}\r\n"), 405),
        (format!("CONNECT localhost:{port} HTTP/1.1\r\n\r\n"), 407),
        (format!("CONNECT localhost:{port} HTTP/1.1\r\nProxy-Authorization: Basic dG9vbDo=\r\n\r\n"), 407),
        (format!("GET http://localhost:{port}/ HTTP/1.1\r\n\r\n"), 407),
        (format!("CONNECT localhost:{port} HTTP/1.1\r\nx: {}", "x".repeat(9 << 10)), 400),
        ("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n".to_owned(), 400),
    ] {
        let answer = say(&proxy, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
    }
    let error = proxy.explain("kustomize", Error::new(Kind::Input, "x"));
    let detail = format!("kustomize asked for `GET http://localhost:{port}/`, and a tool may use only https");
    assert_eq!(error.detail, detail);
    server.assert().await;
}

#[tokio::test]
async fn the_end_of_a_proxy_is_the_end_of_its_connections() {
    let (port, _serving) = server().await;
    let proxy = proxy(&format!("localhost:{port}"));
    let mut client = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let request = format!("CONNECT localhost:{port} HTTP/1.1\r\n{}\r\n", authorization(&proxy));
    client.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = [0; 45];
    client.read_exact(&mut bytes).await.unwrap();
    assert!(bytes.ends_with(b"hello "), "{}", String::from_utf8_lossy(&bytes));
    let own = proxy.port();
    drop(proxy);
    assert!(matches!(client.read(&mut bytes).await, Ok(0) | Err(_)));
    assert!(TcpStream::connect(("127.0.0.1", own)).await.is_err());
}

#[tokio::test]
async fn connections_are_few_and_do_not_wait_for_those_that_say_nothing() {
    let (port, _serving) = server().await;
    let proxy = proxy(&format!("localhost:{port}"));
    let mut silent = Vec::new();
    for _ in 0..MOST - 1 {
        silent.push(TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap());
    }
    assert!(connect(&proxy, &format!("localhost:{port}")).await.starts_with("HTTP/1.1 200 "));
    silent.push(TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap());
    let target = format!("localhost:{port}");
    assert!(timeout(Duration::from_millis(100), connect(&proxy, &target)).await.is_err());
    silent.clear();
    assert!(connect(&proxy, &target).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn who_says_nothing_is_sent_away() {
    let (port, _serving) = server().await;
    let hosts = Hosts::parse(&format!("localhost:{port}")).unwrap();
    let short = Duration::from_millis(50);
    let timeouts = Timeouts { head: short, idle: short, ..TIMEOUTS };
    let proxy = Proxy::start_with(timeouts, hosts, Upstream::default()).unwrap();
    let request = format!("CONNECT localhost:{port} HTTP/1.1\r\n{}\r\n", authorization(&proxy));
    for (said, heard) in [("", ""), ("CONNECT ", ""), (&*request, "HTTP/1.1 200 Connection established\r\n\r\nhello ")]
    {
        let mut client = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
        client.write_all(said.as_bytes()).await.unwrap();
        let mut text = String::new();
        let _ = timeout(Duration::from_secs(10), client.read_to_string(&mut text)).await.expect("it is closed");
        assert_eq!(text, heard);
    }
}

#[tokio::test]
async fn who_takes_for_ever_is_sent_away_too() {
    let (port, _serving) = server().await;
    let hosts = Hosts::parse(&format!("localhost:{port}")).unwrap();
    let timeouts = Timeouts { whole: Duration::from_millis(100), ..TIMEOUTS };
    let proxy = Proxy::start_with(timeouts, hosts, Upstream::default()).unwrap();
    let mut client = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let request = format!("CONNECT localhost:{port} HTTP/1.1\r\n{}\r\n", authorization(&proxy));
    client.write_all(request.as_bytes()).await.unwrap();
    let talk = async { while client.write_all(b"x").await.is_ok() && client.read_u8().await.is_ok() {} };
    timeout(Duration::from_secs(10), talk).await.expect("it is closed");
}

#[tokio::test]
async fn a_host_that_is_down_is_told_in_the_answer() {
    let closed = Untouched::new().await.port();
    let proxy = proxy(&format!("localhost:{closed}"));
    let answer = connect(&proxy, &format!("localhost:{closed}")).await;
    assert!(answer.starts_with(&format!("HTTP/1.1 502 cannot reach localhost:{closed}: ")), "{answer}");
}

/// The operator's proxy: it sends each request's head back, then lets everything through to `port`.
async fn operators_proxy(port: u16, answer: &'static str) -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let (heads, received) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(client.read_u8().await.unwrap());
            }
            heads.send(String::from_utf8(head).unwrap()).unwrap();
            client.write_all(answer.as_bytes()).await.unwrap();
            if answer.contains(" 200 ") {
                let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
            }
        }
    });
    (own, received)
}

#[tokio::test]
async fn the_operator_s_proxy_is_used_and_its_password_stays_here() {
    let (port, _serving) = server().await;
    let (own, mut heads) = operators_proxy(port, "HTTP/1.1 200 OK\r\n\r\n").await;
    let address = format!("http://user:p%2Fw@127.0.0.1:{own}");
    let hosts = Hosts::parse("charts.example.com").unwrap();
    let proxy = Proxy::start(hosts, upstream(&[("HTTPS_PROXY", &address)])).unwrap();
    assert!(!proxy.url().contains("user"));
    let answer = connect(&proxy, "Charts.example.com.:443").await;
    assert_eq!(answer, "HTTP/1.1 200 Connection established\r\n\r\nhello ");
    let head = heads.recv().await.unwrap();
    assert!(head.starts_with("CONNECT charts.example.com:443 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nProxy-Authorization: Basic {}\r\n", STANDARD.encode("user:p/w"))), "{head}");
}

#[tokio::test]
async fn the_operator_s_proxy_is_not_asked_for_this_machine_or_an_address_of_its_network() {
    let server = Untouched::new().await;
    let address = format!("http://127.0.0.1:{}", server.port());
    let proxy = Proxy::start(Hosts::parse("*").unwrap(), upstream(&[("HTTPS_PROXY", &address)])).unwrap();
    for host in ["localhost", "127.0.0.1", "169.254.169.254", "0xa9fea9fe", "[::ffff:169.254.169.254]", "10.0.0.1"] {
        let answer = connect(&proxy, &format!("{host}:443")).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{host}: {answer}");
    }
    server.assert().await;
}

#[tokio::test]
async fn an_exception_goes_past_the_operator_s_proxy() {
    let (port, _serving) = server().await;
    let untouched = Untouched::new().await;
    let address = format!("http://127.0.0.1:{}", untouched.port());
    let variables = [("ALL_PROXY", &*address), ("NO_PROXY", "*.example.com")];
    let proxy = Proxy::start(Hosts::parse(&format!("* localhost:{port}")).unwrap(), upstream(&variables)).unwrap();
    assert!(connect(&proxy, &format!("localhost:{port}")).await.ends_with("hello "));
    let answer = connect(&proxy, "no-such-host.invalid.example.com:443").await;
    assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
    untouched.assert().await;
}

#[tokio::test]
async fn what_the_operator_s_proxy_refuses_is_told() {
    for (answer, cause) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy authorization required"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "unsuccessful"),
    ] {
        let (own, _heads) = operators_proxy(1, answer).await;
        let address = format!("http://user:canary@127.0.0.1:{own}");
        let proxy = Proxy::start(Hosts::parse("*").unwrap(), upstream(&[("https_proxy", &address)])).unwrap();
        let answer = connect(&proxy, "charts.example.com:443").await;
        assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains(cause), "{answer}");
        assert!(!answer.contains("canary") && !format!("{:?}", proxy.refusals()).contains("canary"), "{answer}");
    }
}

#[tokio::test]
async fn a_socks_proxy_is_used_too() {
    let (port, _serving) = server().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("socks5h://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let socks = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut method = [0; 3];
        client.read_exact(&mut method).await.unwrap();
        client.write_all(&[5, 0]).await.unwrap();
        let mut goal = [0; 25];
        client.read_exact(&mut goal).await.unwrap();
        client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        goal
    });
    let proxy = Proxy::start(Hosts::parse("*").unwrap(), upstream(&[("ALL_PROXY", &address)])).unwrap();
    assert!(connect(&proxy, "charts.example.com:443").await.ends_with("\r\n\r\nhello "));
    assert_eq!(&socks.await.unwrap()[..], b"\x05\x01\x00\x03\x12charts.example.com\x01\xbb");
}
