//! The loopback redirect of RFC 8252: a door on this machine through which the browser comes back
//! once. Any free port, unless the redirect address names one. Knows nothing of tokens.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::trouble::Trouble;

/// What the browser brought, and how to tell the person in it how that ended.
pub(crate) type Brought = (HashMap<String, String>, oneshot::Sender<bool>);

/// An open door; closes when dropped.
#[derive(Debug)]
pub(crate) struct Door {
    /// The redirect address, with its port.
    pub(crate) address: Url,
    brought: oneshot::Receiver<Brought>,
    close: CancellationToken,
    served: Option<tokio::task::JoinHandle<()>>,
}

type Taker = Arc<Mutex<Option<oneshot::Sender<Brought>>>>;

impl Door {
    /// Listens where `redirect` says: `http://127.0.0.1/callback` for any port,
    /// `http://127.0.0.1:7070/callback` for that one.
    pub(crate) async fn open(redirect: &str) -> Result<Self, Trouble> {
        let fault = |says: String| Trouble::Redirect { redirect: redirect.to_owned(), says };
        let mut address = Url::parse(redirect).map_err(|e| fault(e.to_string()))?;
        let ip: IpAddr = match address.host_str() {
            Some("127.0.0.1" | "localhost") => Ipv4Addr::LOCALHOST.into(),
            Some("[::1]") => Ipv6Addr::LOCALHOST.into(),
            _ => return Err(fault("not an address of this machine".to_owned())),
        };
        if address.scheme() != "http" {
            return Err(fault("a loopback redirect is over http".to_owned()));
        }
        let wanted = SocketAddr::new(ip, address.port().unwrap_or(0));
        let listener = TcpListener::bind(wanted).await.map_err(|e| fault(e.to_string()))?;
        let port = listener.local_addr().map_err(|e| fault(e.to_string()))?.port();
        address.set_port(Some(port)).map_err(|()| fault("no port".to_owned()))?;
        // a browser may take `localhost` for the other family
        let other = match address.host_str() {
            Some("localhost") => TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok(),
            _ => None,
        };
        let (bring, brought) = oneshot::channel();
        let taker: Taker = Arc::new(Mutex::new(Some(bring)));
        let router = Router::new().route(address.path(), get(come_back)).with_state(taker);
        let close = CancellationToken::new();
        let closing = close.clone();
        let served = tokio::spawn(async move {
            let until = |token: CancellationToken| async move { token.cancelled().await };
            let first = axum::serve(listener, router.clone()).with_graceful_shutdown(until(closing.clone()));
            match other {
                Some(other) => {
                    let second = axum::serve(other, router).with_graceful_shutdown(until(closing));
                    let _ = tokio::join!(first, second);
                }
                None => drop(first.await),
            }
        });
        Ok(Self { address, brought, close, served: Some(served) })
    }

    /// Waits for the browser to come back.
    pub(crate) async fn wait(&mut self) -> Result<Brought, Trouble> {
        (&mut self.brought).await.map_err(|_| Trouble::Other("the door closed".to_owned()))
    }

    /// Closes once the last page is sent.
    pub(crate) async fn close(mut self) {
        self.close.cancel();
        if let Some(served) = self.served.take() {
            let _ = tokio::time::timeout(std::time::Duration::from_secs(2), served).await;
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.close.cancel();
        if let Some(served) = self.served.take() {
            served.abort();
        }
    }
}

async fn come_back(State(taker): State<Taker>, Query(asked): Query<HashMap<String, String>>) -> Response {
    // a browser that looks ahead, or an icon, brings nothing
    if !["code", "error"].iter().any(|name| asked.contains_key(*name)) {
        return page(StatusCode::BAD_REQUEST, false);
    }
    let Some(bring) = taker.lock().ok().and_then(|mut t| t.take()) else {
        return page(StatusCode::CONFLICT, false);
    };
    let (tell, told) = oneshot::channel();
    if bring.send((asked, tell)).is_err() {
        return page(StatusCode::CONFLICT, false);
    }
    match told.await {
        Ok(true) => page(StatusCode::OK, true),
        _ => page(StatusCode::BAD_REQUEST, false),
    }
}

/// The page's address held the code: it is taken out of the history, and nothing may quote it.
fn page(status: StatusCode, well: bool) -> Response {
    let nonce = format!("{:032x}", rand::random::<u128>());
    let (mark, title, lines) = if well {
        (
            "✓",
            "Connexion réussie · Signed in",
            [
                "Vous êtes connecté. Vous pouvez fermer cet onglet et revenir à Quai.",
                "You are signed in. You may close this tab and go back to Quai.",
            ],
        )
    } else {
        (
            "✗",
            "Connexion non aboutie · Not signed in",
            [
                "La connexion n’a pas abouti. Revenez à Quai : il dit pourquoi.",
                "Sign-in did not complete. Go back to Quai: it says why.",
            ],
        )
    };
    let html = format!(
        "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:15vh auto;\
         padding:0 1.5rem;color:#161616;background:#fff}}h1{{font-size:1.4rem}}@media(prefers-color-scheme:dark)\
         {{body{{color:#eee;background:#161616}}}}</style><main><h1><span aria-hidden=\"true\">{mark}</span> {title}</h1>\
         <p>{}</p><p lang=\"en\">{}</p></main><script nonce=\"{nonce}\">history.replaceState(null,'','/')</script></html>",
        lines[0], lines[1],
    );
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; frame-ancestors 'none'; base-uri 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONNECTION, "close".to_owned()),
    ];
    (status, headers, html).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_this_machine_is_listened_on_and_a_port_that_is_taken_says_so() {
        for bad in ["http://192.0.2.1/callback", "https://127.0.0.1/callback", "http://example.org/", "no address"] {
            assert_eq!(Door::open(bad).await.unwrap_err().code(), "SIGN_IN_REDIRECT", "{bad}");
        }
        let any = Door::open("http://127.0.0.1/retour").await.unwrap();
        assert!(any.address.port().is_some_and(|p| p != 0));
        assert_eq!(any.address.path(), "/retour");
        let same = any.address.to_string();
        assert_eq!(Door::open(&same).await.unwrap_err().code(), "SIGN_IN_REDIRECT");
        any.close().await;
        Door::open(&same).await.expect("free again").close().await;
    }
}
