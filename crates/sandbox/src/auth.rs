//! The sandbox's own identity provider: Keycloak's paths, one account, opaque tokens.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Digest;

use crate::App;

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

/// Tokens and codes given, and until when they hold.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    tokens: Mutex<HashMap<String, (Use, Instant)>>,
    codes: Mutex<HashMap<String, Code>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Use {
    Access,
    Refresh,
}

/// What an authorization code was given for; used once.
#[derive(Debug)]
struct Code {
    redirect: String,
    challenge: Option<String>,
    until: Instant,
}

fn secret() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

impl Tokens {
    fn give(&self, use_: Use, seconds: u64) -> String {
        let token = secret();
        if let Ok(mut held) = self.tokens.lock() {
            held.retain(|_, (_, until)| *until > Instant::now());
            held.insert(token.clone(), (use_, Instant::now() + Duration::from_secs(seconds)));
        }
        token
    }

    fn holds(&self, token: &str, wanted: Use) -> bool {
        self.tokens
            .lock()
            .is_ok_and(|held| held.get(token).is_some_and(|(u, until)| *u == wanted && *until > Instant::now()))
    }

    pub(crate) fn opens(&self, token: &str) -> bool {
        self.holds(token, Use::Access)
    }

    fn drop(&self, token: &str) {
        if let Ok(mut held) = self.tokens.lock() {
            held.remove(token);
        }
    }
}

/// The bearer token of a request.
pub(crate) fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer "))
}

fn refuse(status: StatusCode, error: &str, says: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": says }))).into_response()
}

/// `POST …/token`: password, client_credentials, refresh_token and authorization_code grants.
pub(crate) async fn token(State(app): State<App>, headers: HeaderMap, body: String) -> Response {
    let mut form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    if let Some((id, secret)) = basic(&headers) {
        form.entry("client_id".to_owned()).or_insert(id);
        form.entry("client_secret".to_owned()).or_insert(secret);
    }
    let has = |name: &str, wanted: &str| form.get(name).is_some_and(|v| v == wanted);
    let account = &app.account;
    let secret = form.get("client_secret").filter(|s| !s.is_empty());
    if !has("client_id", &account.client_id) || secret.is_some_and(|s| *s != account.client_secret) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client", "Invalid client or Invalid client credentials");
    }
    let allowed = match form.get("grant_type").map(String::as_str) {
        Some("password") => has("username", &account.username) && has("password", &account.password),
        Some("client_credentials") => secret.is_some(),
        Some("refresh_token") => form.get("refresh_token").is_some_and(|t| app.tokens.holds(t, Use::Refresh)),
        Some("authorization_code") => redeem(&app, &form),
        _ => return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Unsupported grant_type"),
    };
    if !allowed {
        let says = if has("grant_type", "password") { "Invalid user credentials" } else { "Code or token not valid" };
        let status = if has("grant_type", "password") { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        return refuse(status, "invalid_grant", says);
    }
    let seconds = app.switches().token_seconds;
    let refresh_seconds = seconds.saturating_mul(6);
    Json(json!({
        "access_token": app.tokens.give(Use::Access, seconds),
        "expires_in": seconds,
        "refresh_token": app.tokens.give(Use::Refresh, refresh_seconds),
        "refresh_expires_in": refresh_seconds,
        "token_type": "Bearer",
        "scope": "openid"
    }))
    .into_response()
}

/// A client that names itself by HTTP Basic.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    use base64::Engine;
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(value).ok()?).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

fn redeem(app: &App, form: &HashMap<String, String>) -> bool {
    use base64::Engine;
    let taken = form.get("code").and_then(|c| app.tokens.codes.lock().ok()?.remove(c));
    let Some(code) = taken else { return false };
    let verified = match (&code.challenge, form.get("code_verifier")) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let digest = sha2::Sha256::digest(verifier.as_bytes());
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest) == *challenge
        }
        _ => false,
    };
    // without PKCE, the client must prove itself by its secret
    let proven = code.challenge.is_some() || form.get("client_secret").is_some_and(|s| !s.is_empty());
    verified && proven && code.until > Instant::now() && form.get("redirect_uri") == Some(&code.redirect)
}

/// `GET …/auth`: the one account agrees at once; back to the client with a code. Only addresses
/// of this machine are gone back to.
pub(crate) async fn authorize(State(app): State<App>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let of = |name: &str| asked.get(name).map_or("", String::as_str);
    let Ok(mut back) = url::Url::parse(of("redirect_uri")) else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", "Invalid parameter: redirect_uri");
    };
    let near = matches!(back.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if of("client_id") != app.account.client_id || !near {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", "Invalid parameter: redirect_uri or client_id");
    }
    let challenge = asked.get("code_challenge").filter(|c| !c.is_empty()).cloned();
    if of("response_type") != "code" || challenge.is_some() && of("code_challenge_method") != "S256" {
        back.query_pairs_mut().append_pair("error", "invalid_request");
    } else {
        let code = secret();
        back.query_pairs_mut().append_pair("code", &code);
        let held = Code {
            redirect: of("redirect_uri").to_owned(),
            challenge,
            until: Instant::now() + Duration::from_secs(60),
        };
        if let Ok(mut codes) = app.tokens.codes.lock() {
            codes.retain(|_, code| code.until > Instant::now());
            codes.insert(code, held);
        }
    }
    if let Some(state) = asked.get("state") {
        back.query_pairs_mut().append_pair("state", state);
    }
    (StatusCode::FOUND, [(header::LOCATION, back.to_string())]).into_response()
}

/// `GET` or `POST …/logout`
pub(crate) async fn logout(
    State(app): State<App>,
    Query(asked): Query<HashMap<String, String>>,
    body: String,
) -> Response {
    for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
        if name == "refresh_token" {
            app.tokens.drop(&value);
        }
    }
    let back = asked.get("post_logout_redirect_uri").and_then(|u| url::Url::parse(u).ok());
    match back.filter(|u| matches!(u.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))) {
        Some(back) => (StatusCode::FOUND, [(header::LOCATION, back.to_string())]).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// `GET …/userinfo`
pub(crate) async fn userinfo(State(app): State<App>, request: Request) -> Response {
    match bearer(&request) {
        Some(token) if app.tokens.opens(token) => Json(json!({
            "sub": app.account.user, "preferred_username": app.account.username, "email": "bac-a-sable@example.org",
            "given_name": crate::api::FIRST_NAME, "family_name": crate::api::LAST_NAME
        }))
        .into_response(),
        _ => refuse(StatusCode::UNAUTHORIZED, "invalid_token", "Token verification failed"),
    }
}

/// `GET …/certs`: tokens are opaque, nothing signs them.
pub(crate) async fn certs() -> Response {
    Json(json!({ "keys": [] })).into_response()
}

/// `GET /realms/geoplateforme/.well-known/openid-configuration`
pub(crate) async fn discovery(State(app): State<App>) -> Response {
    let realm = format!("{}/realms/geoplateforme", app.origin);
    let connect = format!("{realm}/protocol/openid-connect");
    Json(json!({
        "issuer": realm,
        "authorization_endpoint": format!("{connect}/auth"),
        "token_endpoint": format!("{connect}/token"),
        "userinfo_endpoint": format!("{connect}/userinfo"),
        "end_session_endpoint": format!("{connect}/logout"),
        "jwks_uri": format!("{connect}/certs"),
        "grant_types_supported": ["authorization_code", "password", "client_credentials", "refresh_token"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
    }))
    .into_response()
}
