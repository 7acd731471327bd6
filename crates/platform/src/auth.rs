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
        /// The second factor, when the account has one: its six digits, or the base32 seed from
        /// which they are computed at each sign-in.
        totp: Option<Secret>,
    },
    ClientCredentials {
        token_url: String,
        client_id: String,
        client_secret: Secret,
    },
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
                if let Some(factor) = totp {
                    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                    form.push(("totp", digits(factor.reveal(), now.map(|t| t.as_secs()).unwrap_or_default())?));
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

/// The digits to send: those given, or those that a seed gives at a time (seconds since 1970).
fn digits(factor: &str, seconds: u64) -> Result<String, Refusal> {
    let factor: String = factor.split_whitespace().collect();
    if factor.len() <= 8 && factor.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(factor);
    }
    let seed = totp_rs::Secret::try_from_base32(factor.to_uppercase()).map_err(|_| {
        Refusal::unexpected("signing in", "the second factor is neither six digits nor a seed in base32")
    })?;
    // as Keycloak does by default: SHA-1, six digits, thirty seconds; its seeds may be short
    let totp = totp_rs::Builder::new().with_algorithm(totp_rs::Algorithm::SHA1).with_secret(seed).build_noncompliant();
    Ok(totp.generate(seconds).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_digits_of_the_standards_own_example() {
        // RFC 6238, appendix B: the last six of 94287082
        assert_eq!(digits("gezd gnbv gy3t qojq gezd gnbv gy3t qojq", 59).unwrap(), "287082");
        assert_eq!(digits(" 123 456 ", 59).unwrap(), "123456");
        assert!(digits("not a seed!", 59).is_err());
    }
}
