//! The client: one file a resource, one line a route. Every request goes through [`Client::send`],
//! where tokens, retries and refusals are dealt with.

mod annexes;
mod attachment;
mod checks;
mod communities;
mod configurations;
mod datastores;
mod metadata;
mod offerings;
mod permissions;
mod processings;
mod references;
mod route;
mod statics;
mod stored_data;
mod uploads;
mod users;
mod visit;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::auth::{Ask, Credentials, TokenCache};
use crate::error::{Kind, Refusal, Retry};
use crate::network::Network;
use crate::query::Query;

pub use attachment::{Attachment, Content, Progress};
pub use visit::Visited;

/// Where the platform is, and as whom to speak to it.
#[derive(Debug, Clone)]
pub struct Connection {
    /// `https://data.geopf.fr/api`, without a slash at the end.
    pub api: String,
    pub credentials: Credentials,
    pub network: Network,
    /// Who is asked when the session has ended in the middle of work; nobody where absent.
    pub ask: Option<Arc<dyn Ask>>,
}

impl Connection {
    /// By the system's own network, nobody to ask.
    #[must_use]
    pub fn new(api: impl Into<String>, credentials: Credentials) -> Self {
        Self { api: api.into(), credentials, network: Network::default(), ask: None }
    }
}

/// A client of one account. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    connection: Connection,
    token: TokenCache,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Over all pages, from `Content-Range`; the page's own count when it is missing.
    pub total: u64,
}

/// How often a request that may be repeated is tried.
const MOST_TRIES: u32 = 5;
/// Entities a page: what cartes.gouv.fr asks.
const PAGE: u64 = 100;
/// Lines of a log a page: what IGN's SDK asks.
const LOG_PAGE: u64 = 2000;

/// Every route that a method of the client takes: method, path with `{placeholders}`.
#[must_use]
pub fn routes() -> Vec<(&'static str, &'static str)> {
    [
        annexes::ROUTES,
        checks::ROUTES,
        communities::ROUTES,
        configurations::ROUTES,
        datastores::ROUTES,
        metadata::ROUTES,
        offerings::ROUTES,
        permissions::ROUTES,
        processings::ROUTES,
        references::ROUTES,
        statics::ROUTES,
        stored_data::ROUTES,
        uploads::ROUTES,
        users::ROUTES,
    ]
    .concat()
}

impl Client {
    /// # Errors
    /// When the certificate or the proxy given cannot be read.
    pub fn new(connection: Connection) -> Result<Self, Refusal> {
        let http = connection.network.client()?;
        Ok(Self { inner: Arc::new(Inner { http, connection, token: TokenCache::default() }) })
    }

    /// The API's address.
    #[must_use]
    pub fn api(&self) -> &str {
        &self.inner.connection.api
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.inner.connection.api.trim_end_matches('/'))
    }

    /// Sends a request built by `make` as often as is safe: a repeated one is built anew, so that a
    /// body always starts at its first byte.
    async fn send<F>(&self, method: Method, path: &str, safe: bool, make: F) -> Result<reqwest::Response, Refusal>
    where
        F: AsyncFn(reqwest::RequestBuilder) -> Result<reqwest::RequestBuilder, Refusal>,
    {
        let operation = format!("{method} {path}");
        let mut renewed = false;
        let mut tries = 0;
        loop {
            tries += 1;
            let Connection { credentials, ask, .. } = &self.inner.connection;
            let token = self.inner.token.token(&self.inner.http, credentials, ask.as_ref()).await?;
            let request = self.inner.http.request(method.clone(), self.url(path)).bearer_auth(token.reveal());
            let outcome = make(request).await?.send().await;
            let (refusal, wait, unsent) = match outcome {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) => {
                    let wait = answer
                        .headers()
                        .get("retry-after")
                        .and_then(|v| v.to_str().ok()?.parse::<u64>().ok())
                        .map(Duration::from_secs);
                    let status = answer.status().as_u16();
                    let body = answer.text().await.unwrap_or_default();
                    // too many requests: this one was turned away at the door
                    (Refusal::from_status(&operation, status, &body), wait, status == 429)
                }
                Err(fault) => (Refusal::unreachable(&operation, &fault), None, fault.is_connect()),
            };
            if refusal.kind == Kind::Unauthorized && !renewed {
                renewed = true;
                tries -= 1;
                self.inner.token.forget(&token);
                continue;
            }
            // what is deleted may be gone by the try whose answer was lost
            if method == Method::DELETE && tries > 1 && refusal.kind == Kind::NotFound {
                return Err(Refusal { kind: Kind::Gone, ..refusal });
            }
            // a request that never reached the platform may be repeated whatever it is
            if refusal.retry == Retry::Never || tries >= MOST_TRIES || !(safe || unsent) {
                return Err(refusal);
            }
            let pause = wait.unwrap_or_else(|| Duration::from_millis(100 << tries.min(6)) + jitter());
            tracing::info!(operation, tries, says = refusal.says, "trying again");
            tokio::time::sleep(pause.min(Duration::from_secs(60))).await;
        }
    }

    async fn read<T: DeserializeOwned>(operation: &str, answer: reqwest::Response) -> Result<T, Refusal> {
        let body = answer.bytes().await.map_err(|e| Refusal::unreachable(operation, &e))?;
        let body: &[u8] = if body.is_empty() { b"null" } else { &body };
        let unreadable = |e: serde_json::Error| Refusal::unexpected(operation, format!("unreadable answer: {e}"));
        let value: serde_json::Value = serde_json::from_slice(body).map_err(unreadable)?;
        serde_json::from_value(crate::wire::without_nulls(value)).map_err(unreadable)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, query: &Query) -> Result<T, Refusal> {
        self.ask(Method::GET, path, query).await
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, query: &Query) -> Result<T, Refusal> {
        let safe = method == Method::GET;
        let answer = self.send(method, path, safe, async |r| Ok(r.query(query.pairs()))).await?;
        Self::read(path, answer).await
    }

    async fn bytes(&self, path: &str, query: &Query) -> Result<Bytes, Refusal> {
        let answer = self.send(Method::GET, path, true, async |r| Ok(r.query(query.pairs()))).await?;
        answer.bytes().await.map_err(|e| Refusal::unreachable(path, &e))
    }

    /// Sends JSON, gives what comes back.
    async fn json<T: DeserializeOwned, B: Serialize>(
        &self,
        method: Method,
        path: &str,
        safe: bool,
        body: &B,
    ) -> Result<T, Refusal> {
        let answer = self.send(method, path, safe, async |r| Ok(r.json(body))).await?;
        Self::read(path, answer).await
    }

    async fn change<B: Serialize>(&self, method: Method, path: &str, safe: bool, body: &B) -> Result<(), Refusal> {
        self.send(method, path, safe, async |r| Ok(r.json(body))).await.map(drop)
    }

    async fn act(&self, method: Method, path: &str, safe: bool, query: &Query) -> Result<(), Refusal> {
        match self.send(method, path, safe, async |r| Ok(r.query(query.pairs()))).await {
            Err(refusal) if refusal.kind == Kind::Gone => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// One page of a list.
    async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Query,
        page: u64,
        limit: u64,
    ) -> Result<Page<T>, Refusal> {
        let answer = self
            .send(Method::GET, path, true, async |r| {
                Ok(r.query(query.pairs()).query(&[("page", page), ("limit", limit)]))
            })
            .await?;
        let total = answer
            .headers()
            .get("content-range")
            .and_then(|v| v.to_str().ok()?.rsplit('/').next()?.trim().parse().ok());
        let items: Option<Vec<T>> = Self::read(path, answer).await?;
        let items = items.unwrap_or_default();
        let total = total.unwrap_or(items.len() as u64);
        Ok(Page { items, total })
    }

    /// A whole list. One that names its own page is read no further.
    async fn list<T: DeserializeOwned>(&self, path: &str, query: &Query) -> Result<Vec<T>, Refusal> {
        if query.has("page") || query.has("limit") {
            return self.get::<Option<Vec<T>>>(path, query).await.map(Option::unwrap_or_default);
        }
        let limit = if path.ends_with("/logs") { LOG_PAGE } else { PAGE };
        let mut all = Vec::new();
        for number in 1.. {
            let page: Page<T> = self.page(path, query, number, limit).await?;
            let empty = page.items.is_empty();
            all.extend(page.items);
            if empty || all.len() as u64 >= page.total {
                break;
            }
        }
        Ok(all)
    }
}

/// What may not stand as it is between two slashes.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path with its placeholders filled, in their order.
fn fill(path: &str, values: &[&str]) -> String {
    let mut filled = String::with_capacity(path.len() + 64);
    let mut values = values.iter();
    for segment in path.split('/').skip(1) {
        filled.push('/');
        if segment.starts_with('{') {
            filled.extend(utf8_percent_encode(values.next().copied().unwrap_or_default(), SEGMENT));
        } else {
            filled.push_str(segment);
        }
    }
    filled
}

fn jitter() -> Duration {
    Duration::from_millis(rand::random_range(0..100))
}
