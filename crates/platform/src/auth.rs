//! Getting a bearer token: static, password grant (with a one-time code), client credentials.
//! Secrets live here and in memory only; their `Debug` says nothing.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::error::Refusal;

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
        /// The six digits of the account's second factor, when it has one.
        totp: Option<Secret>,
    },
    ClientCredentials { token_url: String, client_id: String, client_secret: Secret },
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<u64>,
}

/// A token and when to ask for the next.
#[derive(Debug, Default)]
pub(crate) struct TokenCache(Mutex<Option<(Secret, Option<Instant>)>>);

impl TokenCache {
    pub(crate) fn forget(&self) {
        if let Ok(mut held) = self.0.lock() {
            *held = None;
        }
    }

    fn held(&self) -> Option<Secret> {
        let held = self.0.lock().ok()?;
        let (token, until) = held.as_ref()?;
        until.is_none_or(|until| Instant::now() < until).then(|| token.clone())
    }

    /// The token to send now; asks for one when there is none or it is about to end.
    pub(crate) async fn token(&self, http: &reqwest::Client, credentials: &Credentials) -> Result<Secret, Refusal> {
        if let Some(token) = self.held() {
            return Ok(token);
        }
        let (url, form) = match credentials {
            Credentials::Token(token) => return Ok(token.clone()),
            Credentials::Password { token_url, client_id, client_secret, username, password, totp } => {
                let mut form = vec![
                    ("grant_type", "password".to_owned()),
                    ("client_id", client_id.clone()),
                    ("username", username.clone()),
                    ("password", password.reveal().to_owned()),
                ];
                if let Some(secret) = client_secret {
                    form.push(("client_secret", secret.reveal().to_owned()));
                }
                if let Some(code) = totp {
                    form.push(("totp", code.reveal().to_owned()));
                }
                (token_url, form)
            }
            Credentials::ClientCredentials { token_url, client_id, client_secret } => (
                token_url,
                vec![
                    ("grant_type", "client_credentials".to_owned()),
                    ("client_id", client_id.clone()),
                    ("client_secret", client_secret.reveal().to_owned()),
                ],
            ),
        };
        let operation = "signing in";
        let answer = http
            .post(url)
            .form(&form)
            .timeout(Duration::from_secs(30))
            .send()
            .await
            .map_err(|e| Refusal::unreachable(operation, &e))?;
        let status = answer.status();
        let body = answer.text().await.map_err(|e| Refusal::unreachable(operation, &e))?;
        if !status.is_success() {
            let mut refusal = Refusal::from_status(operation, status.as_u16(), &body);
            // Keycloak answers 400 as well as 401 to a wrong password
            if matches!(status.as_u16(), 400 | 401) {
                refusal.kind = crate::Kind::Unauthorized;
            }
            return Err(refusal);
        }
        let answer: Answer = serde_json::from_str(&body)
            .map_err(|_| Refusal::unexpected(operation, "the identity provider's answer holds no token"))?;
        let token = Secret::new(answer.access_token);
        // a margin of a fifth, at most thirty seconds, for the clock and the way
        let until = answer.expires_in.map(|s| Instant::now() + Duration::from_secs(s - (s / 5).min(30)));
        if let Ok(mut held) = self.0.lock() {
            *held = Some((token.clone(), until));
        }
        Ok(token)
    }
}
