//! The client against a small server that misbehaves: retries, tokens, pages, cut transfers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query as Asked, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use platform::auth::{Credentials, Secret};
use platform::wire::requests::CreateUpload;
use platform::{Attachment, Client, Connection, Content, Kind, Query};
use quai_platform as platform;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

fn client(origin: &str, credentials: Credentials) -> Client {
    Client::new(Connection::new(origin, credentials)).unwrap()
}

fn token() -> Credentials {
    Credentials::Token(Secret::new("t"))
}

type Count = Arc<AtomicUsize>;

#[tokio::test]
async fn a_busy_platform_is_asked_again_when_that_is_safe_and_never_when_it_is_not() {
    async fn busy(State(count): State<Count>) -> Response {
        if count.fetch_add(1, Ordering::SeqCst) < 2 {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        axum::Json(json!({"_id": "u", "name": "n"})).into_response()
    }
    let count = Count::default();
    let router = Router::new()
        .route("/datastores/d/uploads/u", get(busy))
        .route("/datastores/d/uploads", post(busy))
        .with_state(Arc::clone(&count));
    let client = client(&serve(router).await, token());
    assert_eq!(client.upload("d", "u").await.unwrap().name, "n");
    assert_eq!(count.load(Ordering::SeqCst), 3);

    count.store(0, Ordering::SeqCst);
    let body = CreateUpload { name: "n".into(), ..CreateUpload::default() };
    let refusal = client.create_upload("d", &body).await.unwrap_err();
    assert_eq!((refusal.kind, count.load(Ordering::SeqCst)), (Kind::Unavailable, 1));
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    async fn give(State(count): State<Count>) -> Response {
        let number = count.fetch_add(1, Ordering::SeqCst);
        axum::Json(json!({"access_token": format!("token-{number}"), "expires_in": 300})).into_response()
    }
    async fn me(headers: HeaderMap) -> Response {
        if headers["authorization"] == "Bearer token-1" {
            return axum::Json(json!({"_id": "me"})).into_response();
        }
        let says = json!({"error": "unauthorized", "error_description": ["Jeton expiré"]});
        (StatusCode::UNAUTHORIZED, axum::Json(says)).into_response()
    }
    let count = Count::default();
    let router = Router::new().route("/token", post(give)).route("/users/me", get(me)).with_state(Arc::clone(&count));
    let origin = serve(router).await;
    let credentials = Credentials::ClientCredentials {
        token_url: format!("{origin}/token"),
        client_id: "c".into(),
        client_secret: Secret::new("s"),
    };
    let first = client(&origin, credentials);
    assert_eq!(first.me().await.unwrap().id, "me");
    assert_eq!(first.me().await.unwrap().id, "me");
    assert_eq!(count.load(Ordering::SeqCst), 2);

    let refusal = client(&origin, token()).me().await.unwrap_err();
    assert_eq!((refusal.kind, refusal.says.as_str()), (Kind::Unauthorized, "Jeton expiré"));
}

#[tokio::test]
async fn every_page_of_a_list_is_read() {
    async fn uploads(Asked(asked): Asked<Vec<(String, String)>>) -> Response {
        let number = |name: &str| asked.iter().find(|(n, _)| n == name).unwrap().1.parse::<usize>().unwrap();
        let (page, limit) = (number("page"), number("limit"));
        assert!(asked.contains(&("tags[datasheet_name]".into(), "é à".into())), "{asked:?}");
        assert_eq!(asked.iter().filter(|(n, _)| n == "fields").count(), 2, "{asked:?}");
        let first = (page - 1) * limit;
        let items: Vec<_> = (first..(first + limit).min(230)).map(|n| json!({"_id": n.to_string()})).collect();
        ([("content-range", format!("{first}-{}/230", first + limit))], axum::Json(items)).into_response()
    }
    let client = client(&serve(Router::new().route("/datastores/d/uploads", get(uploads))).await, token());
    let query = Query::new().fields(&["name", "tags"]).tag("datasheet_name", "é à");
    let all = client.uploads("d", &query).await.unwrap();
    assert_eq!(all.len(), 230);
    assert_eq!(all[229].id, "229");
}

#[tokio::test]
async fn an_empty_body_and_any_success_are_taken() {
    let router = Router::new()
        .route("/datastores/d/uploads/u/close", post(async || StatusCode::ACCEPTED))
        .route("/datastores/d/uploads/u/tags", post(async || StatusCode::NO_CONTENT))
        .route("/datastores/d/uploads", get(async || StatusCode::NO_CONTENT));
    let client = client(&serve(router).await, token());
    client.close_upload("d", "u").await.unwrap();
    client.tag_upload("d", "u", &[("a".to_owned(), "b".to_owned())].into()).await.unwrap();
    assert!(client.uploads("d", &Query::new()).await.unwrap().is_empty());
}

/// Reads a request to its end, or cuts the line after `cut` bytes. Gives the bytes of the body.
async fn listen(mut line: tokio::net::TcpStream, cut: Option<usize>) -> Option<Vec<u8>> {
    let mut heard = Vec::new();
    let mut block = vec![0; 65536];
    loop {
        let read = line.read(&mut block).await.ok()?;
        heard.extend_from_slice(&block[..read]);
        if cut.is_some_and(|most| heard.len() > most) {
            return None;
        }
        let text = String::from_utf8_lossy(&heard[..heard.len().min(4096)]).into_owned();
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let lower = text[..head].to_lowercase();
        let length: usize = lower.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
        if heard.len() >= head + 4 + length {
            line.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.ok()?;
            return Some(heard[head + 4..].to_vec());
        }
        if read == 0 {
            return None;
        }
    }
}

#[tokio::test]
async fn a_file_cut_on_its_way_is_sent_again_from_its_first_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roads.gpkg");
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(&path, &content).unwrap();

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let bodies = tokio::spawn(async move {
        let first = listen(listener.accept().await.unwrap().0, Some(1_000_000)).await;
        let second = listen(listener.accept().await.unwrap().0, None).await;
        (first, second)
    });
    let heard = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&heard);
    let attachment = Attachment::new(Content::File(path), "roads.gpkg")
        .at("data/roads.gpkg")
        .telling(Arc::new(move |sent| notes.lock().unwrap().push(sent)));
    let client = client(&origin, token());
    // PUT may be repeated by the client itself
    assert!(client.replace_static_file("d", "s", &attachment).await.unwrap().is_none());

    let (first, second) = bodies.await.unwrap();
    assert!(first.is_none());
    let second = second.unwrap();
    let at = second.windows(16).position(|w| w == &content[..16]).unwrap();
    assert_eq!(second[at..at + content.len()], content[..]);
    let heard = heard.lock().unwrap();
    assert_eq!(heard.last(), Some(&(content.len() as u64)));
    assert!(heard.windows(2).any(|pair| pair[1] < pair[0]), "the count starts again with the file");
}

#[tokio::test]
async fn a_secret_never_shows() {
    let credentials = Credentials::Password {
        token_url: "https://x".into(),
        client_id: "c".into(),
        client_secret: Some(Secret::new("hidden-1")),
        username: "u".into(),
        password: Secret::new("hidden-2"),
        totp: Some(Secret::new("hidden-3")),
    };
    let connection = Connection::new("https://x", credentials);
    let shown = format!("{connection:?} {:?}", Client::new(connection.clone()).unwrap());
    assert!(!shown.contains("hidden"), "{shown}");
}
