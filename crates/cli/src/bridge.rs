//! The desk behind HTTP on the loopback, so that the page runs in a plain browser: to develop it,
//! to test it, and for machines without the window. Speaks to its own page only.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as UrlPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use commands::desk::{Delivery, Desk, Host};
use commands::{Failure, Given, Workplace};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::{BroadcastStream, UnboundedReceiverStream};

/// What stands for dialogs: the paths named when the bridge was started.
struct Named(Vec<PathBuf>);

#[async_trait::async_trait]
impl Host for Named {
    async fn choose_files(&self) -> Vec<PathBuf> {
        self.0.clone()
    }

    async fn choose_folder(&self) -> Vec<PathBuf> {
        self.0.clone()
    }

    fn ended(&self, delivery: &Delivery, _french: bool) {
        tracing::info!(id = delivery.id, state = ?delivery.state, "a delivery ended");
    }
}

#[derive(Clone)]
struct Bridge {
    desk: Arc<Desk>,
    said: broadcast::Sender<(&'static str, Value)>,
    own: Arc<[String; 2]>,
}

/// Serves the page until stopped; `ready` learns its address.
pub(crate) async fn serve(
    work: Workplace,
    given: Given,
    listen: SocketAddr,
    ui: Option<PathBuf>,
    named: Vec<PathBuf>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), Failure> {
    let fault = |e: std::io::Error| Failure::new("BRIDGE", e.to_string(), e.to_string());
    if !listen.ip().is_loopback() {
        return Err(Failure::new("USAGE", "Seulement sur la boucle locale.", "On the loopback only."));
    }
    let named: Vec<PathBuf> = named.iter().filter_map(|p| std::path::absolute(p).ok()).collect();
    let desk = Desk::new(Arc::new(work), given, Box::new(Named(named.clone())));
    desk.grant(named);
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(fault)?;
    let address = listener.local_addr().map_err(fault)?;
    let own = Arc::new([format!("127.0.0.1:{}", address.port()), format!("localhost:{}", address.port())]);
    let bridge = Bridge { desk, said: broadcast::channel(64).0, own };
    let mut router = Router::new()
        .route("/rpc/{command}", post(call))
        .route("/drop", post(drop_files))
        .route("/events", get(events))
        .route("/tiles/{key}/{layer}/{z}/{x}/{y}", get(tile));
    if let Some(ui) = ui {
        router = router.fallback_service(page(&ui));
    }
    let router = router.layer(middleware::from_fn_with_state(bridge.clone(), own_page)).with_state(bridge);
    ready(address);
    axum::serve(listener, router).await.map_err(fault)
}

fn page(ui: &Path) -> tower_http::services::ServeDir<tower_http::services::ServeFile> {
    tower_http::services::ServeDir::new(ui).fallback(tower_http::services::ServeFile::new(ui.join("index.html")))
}

/// Another site's page may not speak here, nor one that reached this address by another name.
async fn own_page(State(bridge): State<Bridge>, request: Request, next: Next) -> Response {
    if is_own(&bridge, request.headers()) { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}

fn is_own(bridge: &Bridge, headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text(header::HOST).is_some_and(|h| bridge.own.iter().any(|own| own == h));
    let origin = text(header::ORIGIN).is_none_or(|o| bridge.own.iter().any(|own| o == format!("http://{own}")));
    host && origin
}

/// Answers lines of JSON: `{"event":…}` as it goes, then `{"ok":…}` or `{"failure":…}`.
async fn call(
    State(bridge): State<Bridge>,
    UrlPath(command): UrlPath<String>,
    axum::Json(request): axum::Json<Value>,
) -> Response {
    let (lines, heard) = mpsc::unbounded_channel::<Value>();
    let events = lines.clone();
    tokio::spawn(async move {
        let tell = move |event: Value| drop(events.send(json!({ "event": event })));
        let _ = match bridge.desk.call(command, request, tell).await {
            Ok(answer) => lines.send(json!({ "ok": answer })),
            Err(failure) => lines.send(json!({ "failure": failure })),
        };
    });
    let body = UnboundedReceiverStream::new(heard).map(|line| Ok::<_, Infallible>(format!("{line}\n")));
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(body)).into_response()
}

/// What a drop on the window would say: only paths below those named at the start.
async fn drop_files(State(bridge): State<Bridge>, axum::Json(paths): axum::Json<Vec<PathBuf>>) -> StatusCode {
    let shown: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    let _ = bridge.said.send(("dropped", json!({ "paths": shown })));
    StatusCode::NO_CONTENT
}

async fn events(State(bridge): State<Bridge>) -> impl IntoResponse {
    let said = BroadcastStream::new(bridge.said.subscribe());
    let said = said.filter_map(|e| async move { e.ok() });
    Sse::new(said.map(|(name, value)| Ok::<_, Infallible>(Sent::default().event(name).data(value.to_string()))))
        .keep_alive(KeepAlive::default())
}

async fn tile(
    State(bridge): State<Bridge>,
    UrlPath((key, layer, z, x, y)): UrlPath<(String, usize, u32, u32, u32)>,
) -> Response {
    match bridge.desk.tile(&key, layer, [z, x, y]).await {
        Ok(Some(tile)) => ([(header::CONTENT_TYPE, tile.content)], tile.bytes).into_response(),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(failure) => (StatusCode::NOT_FOUND, failure.message[1].clone()).into_response(),
    }
}
