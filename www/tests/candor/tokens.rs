//! Tokens: made once, kept hashed, taken back.

use crate::fixtures::Collector;
use axum::http::StatusCode;
use candor::error::Error;
use candor::token;
use candor_survey::Id;

fn name(text: &str) -> Id {
    Id::new(text).unwrap()
}

#[tokio::test]
async fn a_token_exports_until_it_is_revoked() {
    let collector = Collector::new();
    let data = collector.data();
    let one = token::new(&data, &name("one")).unwrap();
    let two = token::new(&data, &name("two")).unwrap();
    assert_ne!(one, two);
    let export = async |authorization: String| {
        collector.call("GET", "/v1/export", &[("authorization", &authorization)], b"").await
    };
    assert_eq!(export(format!("Bearer {one}")).await.status, 200);
    assert_eq!(export(format!("bearer {two}")).await.status, 200, "the scheme has no case");
    let names: Vec<_> = token::list(&data).unwrap().into_iter().map(|token| token.name).collect();
    assert_eq!(names, ["one", "two"]);
    token::revoke(&data, "one").unwrap();
    let answer = export(format!("Bearer {one}")).await;
    answer.refused(StatusCode::UNAUTHORIZED, "token");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    assert_eq!(export(format!("Bearer {two}")).await.status, 200);
    assert!(matches!(token::revoke(&data, "one"), Err(Error::NoToken { .. })));
}

#[tokio::test]
async fn without_a_token_or_with_a_wrong_one_nothing_is_exported() {
    let collector = Collector::new();
    let right = token::new(&collector.data(), &name("one")).unwrap();
    let wrong = [
        None,
        Some("Bearer ".to_string()),
        Some(right.clone()),
        Some(format!("Basic {right}")),
        Some(format!("Bearer {right}0")),
        Some(format!("Bearer {}", &right[..right.len() - 1])),
    ];
    for authorization in wrong {
        let headers: Vec<_> = authorization.iter().map(|value| ("authorization", value.as_str())).collect();
        let answer = collector.call("GET", "/v1/export?survey=visit", &headers, b"").await;
        let message = answer.refused(StatusCode::UNAUTHORIZED, "token");
        assert!(message.contains("candor token new"), "{message}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "no other origin reads an export");
    }
}

#[tokio::test]
async fn the_data_folder_holds_no_token_as_it_was_shown() {
    let collector = Collector::new();
    let token = token::new(&collector.data(), &name("one")).unwrap();
    let secret = token.strip_prefix("candor_").unwrap().as_bytes();
    for file in std::fs::read_dir(collector.data()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn a_name_is_given_once_and_a_folder_without_data_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let missing = token::list(&data).unwrap_err();
    assert!(matches!(missing, Error::NoData { .. }));
    assert!(!data.exists(), "looking makes nothing");
    token::new(&data, &name("one")).unwrap();
    let again = token::new(&data, &name("one")).unwrap_err();
    assert!(matches!(again, Error::TokenExists { .. }), "{again}");
    let first = token::renew(&data, &name("one")).unwrap();
    assert_ne!(first, token::renew(&data, &name("one")).unwrap());
    assert_eq!(token::list(&data).unwrap().len(), 1);
}
