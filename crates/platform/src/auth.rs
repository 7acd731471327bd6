//! Proving who one is to the platform: a static token, the password grant (with a second factor),
//! client credentials, or a session begun in the browser. Secrets live here and in memory only;
//! their `Debug` says nothing. What keeps them between two runs is somebody else's affair ([`Keep`]).

mod grants;
mod realm;
mod redirect;
mod session;
mod trouble;

pub use grants::prove;
pub use realm::{Pending, Realm, RealmSettings, SignInWish, SignedIn};
pub use session::{Ask, Keep, Session};
pub use trouble::Trouble;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::error::{Kind, Refusal};

/// A text that is never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, to send or to store; never to print.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// It may be read from what one is sent; it is written nowhere.
impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// How to prove who one is.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A token got elsewhere; nothing can renew it.
    Token(Secret),
    Password {
        token_url: String,
        client_id: String,
        client_secret: Option<Secret>,
        username: String,
        password: Secret,
        /// The second factor, when the account has one: its six digits, or the base32 seed from
        /// which they are computed at each sign-in.
        totp: Option<Secret>,
    },
    ClientCredentials {
        token_url: String,
        client_id: String,
        client_secret: Secret,
    },
    /// Begun in a browser, renewed by its refresh token.
    Session(Arc<Session>),
}

/// What a token endpoint gave.
#[derive(Debug, Clone)]
pub struct Granted {
    pub access: Secret,
    /// How long it holds.
    pub seconds: Option<u64>,
    pub refresh: Option<Secret>,
}

/// A token and when to ask for the next.
#[derive(Debug, Default)]
pub(crate) struct TokenCache {
    held: Mutex<Option<(Secret, Option<Instant>)>>,
    /// One asks for all: a refresh token that rotates may be used once only.
    asking: tokio::sync::Mutex<()>,
}

impl TokenCache {
    /// Forgets a token that was refused, unless another took its place since.
    pub(crate) fn forget(&self, refused: &Secret) {
        if let Ok(mut held) = self.held.lock() {
            if held.as_ref().is_some_and(|(token, _)| token == refused) {
                *held = None;
            }
        }
    }

    fn held(&self) -> Option<Secret> {
        let held = self.held.lock().ok()?;
        let (token, until) = held.as_ref()?;
        until.is_none_or(|until| Instant::now() < until).then(|| token.clone())
    }

    /// The token to send now; asks for one when there is none or it is about to end. When the
    /// session itself has ended, the person may be asked to sign in again.
    pub(crate) async fn token(
        &self,
        http: &reqwest::Client,
        credentials: &Credentials,
        ask: Option<&Arc<dyn Ask>>,
    ) -> Result<Secret, Refusal> {
        if let Credentials::Token(token) = credentials {
            return Ok(token.clone());
        }
        if let Some(token) = self.held() {
            return Ok(token);
        }
        let _alone = self.asking.lock().await;
        if let Some(token) = self.held() {
            return Ok(token);
        }
        let granted = match grants::grant(http, credentials).await {
            Err(trouble) => {
                let refusal = trouble.refusal();
                let again = match ask.filter(|_| refusal.kind == Kind::SignedOut) {
                    Some(ask) => ask.sign_in_again(&refusal).await,
                    None => false,
                };
                if !again {
                    return Err(refusal);
                }
                grants::grant(http, credentials).await.map_err(|t| t.refusal())?
            }
            Ok(granted) => granted,
        };
        // a margin of a fifth, at most thirty seconds, for the clock and the way
        let margin = |life: Duration| (life / 5).min(Duration::from_secs(30));
        let life = granted.seconds.map(Duration::from_secs);
        let until = life.map(|life| Instant::now() + life - margin(life));
        if let Ok(mut held) = self.held.lock() {
            *held = Some((granted.access.clone(), until));
        }
        Ok(granted.access)
    }
}
