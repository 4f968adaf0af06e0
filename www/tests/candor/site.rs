//! The static pages: what is served, how, and what is not.

use crate::fixtures::{Answer, call};
use axum::Router;
use candor::server::pages;
use candor::site::Site;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const HASHED: &str = "candor-analyzer-0123456789abcdef.js";

/// A site in a folder, beside a file that is not part of it.
fn site(replace: Vec<(String, String)>) -> (TempDir, Router) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    fs::create_dir_all(root.join("analyzer")).unwrap();
    let put = |path: &str, text: &str| fs::write(root.join(path), text).unwrap();
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    put("index.html", "<!doctype html><p>Candor at {{candor}}");
    put("look.css", "p{color:red}");
    put("look.css.br", "compressed");
    put("candor.js", "1");
    put("candor-widget.wasm", "\0asm");
    put(".hidden", "hidden");
    put("analyzer/index.html", "<!doctype html><p>Analyzer");
    put(&format!("analyzer/{HASHED}"), "2");
    put("analyzer/candor.js", "3");
    put(
        "headers.json",
        r#"{"/": {"link": "<{{candor}}>"}, "/analyzer/": {"content-security-policy": "script-src {origin}/analyzer/x.js 'wasm-unsafe-eval'"}}"#,
    );
    let router = pages(Arc::new(Site::open(&root, replace).unwrap()));
    (folder, router)
}

async fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    call(router, "GET", path, headers, b"").await
}

#[tokio::test]
async fn pages_and_files_have_their_types_and_may_not_be_sniffed_or_framed() {
    let (_folder, router) = site(vec![]);
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/look.css", "text/css; charset=utf-8"),
        ("/candor.js", "text/javascript; charset=utf-8"),
        ("/candor-widget.wasm", "application/wasm"),
    ] {
        let answer = get(&router, path, &[("host", "candor.example")]).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin-when-cross-origin"));
        assert_eq!(answer.header("x-frame-options"), Some("SAMEORIGIN"));
    }
}

#[tokio::test]
async fn only_what_clients_embed_is_for_other_origins() {
    let (_folder, router) = site(vec![]);
    for (path, origin, policy) in [
        ("/candor.js", Some("*"), "cross-origin"),
        ("/candor-widget.wasm", Some("*"), "cross-origin"),
        ("/look.css", None, "same-origin"),
        ("/analyzer/candor.js", None, "same-origin"),
    ] {
        let answer = get(&router, path, &[]).await;
        assert_eq!(answer.header("access-control-allow-origin"), origin, "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some(policy), "{path}");
    }
}

#[tokio::test]
async fn a_page_gets_its_own_headers_with_the_host_it_was_asked_at() {
    let (_folder, router) = site(vec![]);
    let answer = get(&router, "/analyzer/", &[("host", "127.0.0.1:4400")]).await;
    assert_eq!(
        answer.header("content-security-policy"),
        Some("script-src 127.0.0.1:4400/analyzer/x.js 'wasm-unsafe-eval'")
    );
    assert_eq!(get(&router, "/", &[("host", "a")]).await.header("content-security-policy"), None);
    for host in ["a; script-src *", "a,b", "a b", ""] {
        let answer = get(&router, "/analyzer/", &[("host", host)]).await;
        assert_eq!(answer.status, 400, "no policy is written with the host {host:?}");
    }
}

#[tokio::test]
async fn a_page_has_one_address_so_that_its_headers_cannot_be_avoided() {
    let (_folder, router) = site(vec![]);
    for (path, to) in
        [("/analyzer/index.html", "/analyzer/"), ("/index.html", "/"), ("/analyzer", "/analyzer/")]
    {
        let answer = get(&router, path, &[]).await;
        assert_eq!((answer.status, answer.header("location")), (308, Some(to)), "{path}");
    }
    for path in ["//analyzer/", "/analyzer//index.html", "/%2Fanalyzer/"] {
        assert_eq!(get(&router, path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn nothing_outside_the_folder_or_hidden_in_it_is_served() {
    let (folder, router) = site(vec![]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), folder.path().join("site/link.txt"))
        .unwrap();
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/analyzer/../../secret.txt",
        "/analyzer/..%5c..%5csecret.txt",
        "/link.txt",
        "/.hidden",
        "/headers.json",
        "/look.css.br",
        "/%ff",
        "/look.css%00",
        "/nothing",
    ] {
        let answer = get(&router, path, &[]).await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (404, "There is no page at this address.\n"),
            "{path}"
        );
    }
    assert!(Path::new(&folder.path().join("secret.txt")).exists());
}

#[tokio::test]
async fn brotli_is_sent_to_whoever_takes_it_under_a_tag_of_its_own() {
    let (_folder, router) = site(vec![]);
    let plain = get(&router, "/look.css", &[("accept-encoding", "gzip, br;q=0")]).await;
    assert_eq!((plain.text().as_str(), plain.header("content-encoding")), ("p{color:red}", None));
    let small = get(&router, "/look.css", &[("accept-encoding", "gzip, deflate, br")]).await;
    assert_eq!((small.text().as_str(), small.header("content-encoding")), ("compressed", Some("br")));
    assert_eq!(small.header("vary"), Some("Accept-Encoding"));
    assert_ne!(small.header("etag"), plain.header("etag"));
    assert_eq!(get(&router, "/candor.js", &[("accept-encoding", "br")]).await.text(), "1");
}

#[tokio::test]
async fn a_twin_that_is_older_than_its_file_is_not_sent() {
    let (folder, router) = site(vec![]);
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    let twin = fs::File::options().write(true).open(folder.path().join("site/look.css.br")).unwrap();
    twin.set_modified(old).unwrap();
    let answer = get(&router, "/look.css", &[("accept-encoding", "br")]).await;
    assert_eq!((answer.text().as_str(), answer.header("content-encoding")), ("p{color:red}", None));
}

#[tokio::test]
async fn only_a_file_named_by_its_content_is_kept_for_ever() {
    let (folder, router) = site(vec![]);
    let hashed = get(&router, &format!("/analyzer/{HASHED}"), &[]).await;
    assert_eq!(hashed.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let page = get(&router, "/", &[]).await;
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let etag = page.header("etag").unwrap().to_string();
    let again = get(&router, "/", &[("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    fs::write(folder.path().join("site/index.html"), "<!doctype html><p>A new build").unwrap();
    let changed = get(&router, "/", &[("if-none-match", &etag)]).await;
    assert_eq!((changed.status, changed.text().as_str()), (200, "<!doctype html><p>A new build"));
}

#[tokio::test]
async fn the_shops_pages_are_told_where_candor_is() {
    let (_folder, router) = site(vec![("{{candor}}".into(), "http://127.0.0.1:4400".into())]);
    let answer = get(&router, "/", &[]).await;
    assert_eq!(answer.text(), "<!doctype html><p>Candor at http://127.0.0.1:4400");
    assert_eq!(answer.header("link"), Some("<http://127.0.0.1:4400>"));
}

#[tokio::test]
async fn pages_are_only_read() {
    let (_folder, router) = site(vec![]);
    let answer = call(&router, "POST", "/", &[], b"").await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
    assert_eq!(call(&router, "HEAD", "/", &[], b"").await.status, 200);
}
