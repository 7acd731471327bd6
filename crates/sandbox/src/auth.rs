//! The sandbox's own identity provider: Keycloak's paths, one account, opaque tokens.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::App;
use crate::answer::No;

/// The one account, made at the first start.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) user: String,
    pub(crate) community: String,
    pub(crate) datastore: String,
}

impl Account {
    pub(crate) fn load_or_make(data: &Path) -> std::io::Result<Self> {
        let path = data.join("account.json");
        if let Ok(text) = std::fs::read_to_string(&path) {
            return serde_json::from_str(&text).map_err(std::io::Error::other);
        }
        let id = || uuid::Uuid::new_v4().to_string();
        let account = Self {
            client_id: "quai-sandbox".to_owned(),
            client_secret: id(),
            username: "sandbox".to_owned(),
            password: id(),
            user: id(),
            community: id(),
            datastore: id(),
        };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        serde_json::to_writer_pretty(options.open(&path)?, &account)?;
        Ok(account)
    }
}

/// Tokens given, and until when they hold.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<HashMap<String, Instant>>);

impl Tokens {
    fn give(&self, seconds: u64) -> String {
        let token = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        if let Ok(mut held) = self.0.lock() {
            held.retain(|_, until| *until > Instant::now());
            held.insert(token.clone(), Instant::now() + Duration::from_secs(seconds));
        }
        token
    }

    fn holds(&self, token: &str) -> bool {
        self.0.lock().is_ok_and(|held| held.get(token).is_some_and(|until| *until > Instant::now()))
    }
}

/// `POST …/token`: password, client_credentials and refresh_token grants.
pub(crate) async fn token(State(app): State<App>, body: String) -> Response {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let has = |name: &str, wanted: &str| form.get(name).is_some_and(|v| v == wanted);
    let account = &app.account;
    let refuse = |error: &str, says: &str| {
        (StatusCode::UNAUTHORIZED, Json(json!({ "error": error, "error_description": says }))).into_response()
    };
    if !has("client_id", &account.client_id) {
        return refuse("invalid_client", "Invalid client or Invalid client credentials");
    }
    let secret = has("client_secret", &account.client_secret);
    let allowed = match form.get("grant_type").map(String::as_str) {
        Some("password") => has("username", &account.username) && has("password", &account.password),
        Some("client_credentials") => secret,
        Some("refresh_token") => form.get("refresh_token").is_some_and(|t| app.tokens.holds(t)),
        _ => {
            let body = json!({ "error": "unsupported_grant_type", "error_description": "Unsupported grant_type" });
            return (StatusCode::BAD_REQUEST, Json(body)).into_response();
        }
    };
    if !allowed {
        return refuse("invalid_grant", "Invalid user credentials");
    }
    let seconds = app.switches().token_seconds;
    Json(json!({
        "access_token": app.tokens.give(seconds),
        "expires_in": seconds,
        "refresh_token": app.tokens.give(seconds * 6),
        "refresh_expires_in": seconds * 6,
        "token_type": "Bearer",
        "scope": "openid"
    }))
    .into_response()
}

/// `GET /realms/geoplateforme/.well-known/openid-configuration`
pub(crate) async fn discovery(State(app): State<App>) -> Response {
    let realm = format!("{}/realms/geoplateforme", app.origin);
    Json(json!({
        "issuer": realm,
        "token_endpoint": format!("{realm}/protocol/openid-connect/token"),
        "grant_types_supported": ["password", "client_credentials", "refresh_token"],
    }))
    .into_response()
}

/// Lets through what carries a token that holds.
pub(crate) async fn require(State(app): State<App>, request: Request, next: Next) -> Response {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer ").or_else(|| v.strip_prefix("bearer ")));
    match token {
        Some(token) if app.tokens.holds(token) => next.run(request).await,
        _ => No(StatusCode::UNAUTHORIZED, "Jeton absent, invalide ou expiré.".to_owned()).into_response(),
    }
}
