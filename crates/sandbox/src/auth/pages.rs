//! The realm's pages: who are you, do you agree, and back to the client with a code. Only addresses
//! of this machine are gone back to.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::realm::Asked;
use super::{Code, refuse, secret};
use crate::App;

const COOKIE: &str = "quai_realm";
const LOGIN: &str = "/realms/geoplateforme/login-actions/authenticate";
const CONSENT: &str = "/realms/geoplateforme/login-actions/consent";

pub(super) fn is_near(url: &url::Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

pub(super) fn forgotten() -> String {
    format!("{COOKIE}=; Path=/realms; Max-Age=0; HttpOnly; SameSite=Lax")
}

fn remembered(app: &App, headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    let mut named = cookies.flat_map(|c| c.split(';')).filter_map(|c| c.trim().split_once('='));
    named.any(|(name, value)| name == COOKIE && app.realm.remembers(value))
}

/// `GET …/auth`
pub(crate) async fn authorize(
    State(app): State<App>,
    headers: HeaderMap,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let of = |name: &str| asked.get(name).map_or("", String::as_str);
    let some = |name: &str| asked.get(name).filter(|v| !v.is_empty()).cloned();
    let back = url::Url::parse(of("redirect_uri")).ok().filter(is_near);
    if of("client_id") != app.account.client_id || back.is_none() {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", "Invalid parameter: redirect_uri or client_id");
    }
    let challenge = some("code_challenge");
    let request = Asked::new(of("redirect_uri").to_owned(), some("state"), some("nonce"), challenge.clone());
    if of("response_type") != "code" || challenge.is_some() && of("code_challenge_method") != "S256" {
        return go_back(&app, &request, &[("error", "invalid_request")]);
    }
    let prompts: Vec<&str> = of("prompt").split(' ').collect();
    let known = remembered(&app, &headers) && !prompts.contains(&"login");
    match (known, prompts.contains(&"none"), prompts.contains(&"consent")) {
        (true, _, false) => agreed(&app, &request),
        (true, _, true) => {
            let name = app.realm.wait(request);
            app.realm.known(&name);
            consent_page(&app, &name)
        }
        (false, true, _) => go_back(&app, &request, &[("error", "login_required")]),
        (false, false, _) => {
            let name = app.realm.wait(request);
            login_page(&app, &name, false)
        }
    }
}

/// `POST …/login-actions/authenticate`
pub(crate) async fn sign_in(State(app): State<App>, Form(form): Form<HashMap<String, String>>) -> Response {
    let of = |name: &str| form.get(name).map_or("", String::as_str);
    let name = of("request");
    if app.realm.waiting(name).is_none() {
        return too_late();
    }
    let account = &app.account;
    let right = of("username") == account.username && of("password") == account.password;
    if !right || app.switches().account_disabled {
        return login_page(&app, name, true);
    }
    app.realm.known(name);
    let cookie = format!("{COOKIE}={}; Path=/realms; HttpOnly; SameSite=Lax", app.realm.remember());
    let mut page = consent_page(&app, name);
    if let Ok(value) = cookie.parse() {
        page.headers_mut().insert(header::SET_COOKIE, value);
    }
    page
}

/// `POST …/login-actions/consent`
pub(crate) async fn agree(State(app): State<App>, Form(form): Form<HashMap<String, String>>) -> Response {
    let of = |name: &str| form.get(name).map_or("", String::as_str);
    if app.realm.waiting(of("request")).is_none_or(|asked| !asked.known) {
        return too_late();
    }
    let Some(asked) = app.realm.done(of("request")) else { return too_late() };
    if of("answer") == "yes" { agreed(&app, &asked) } else { go_back(&app, &asked, &[("error", "access_denied")]) }
}

/// Back with a code.
fn agreed(app: &App, asked: &Asked) -> Response {
    let code = secret();
    let held = Code {
        redirect: asked.redirect.clone(),
        challenge: asked.challenge.clone(),
        nonce: asked.nonce.clone(),
        until: Instant::now() + Duration::from_secs(60),
        grant: secret(),
        used: false,
    };
    if let Ok(mut codes) = app.tokens.codes.lock() {
        codes.retain(|_, code| code.until > Instant::now());
        codes.insert(code.clone(), held);
    }
    go_back(app, asked, &[("code", &code)])
}

fn go_back(app: &App, asked: &Asked, pairs: &[(&str, &str)]) -> Response {
    let Ok(mut back) = url::Url::parse(&asked.redirect) else { return too_late() };
    {
        let mut query = back.query_pairs_mut();
        query.extend_pairs(pairs);
        if let Some(state) = &asked.state {
            query.append_pair("state", state);
        }
        // RFC 9207
        query.append_pair("iss", &format!("{}/realms/geoplateforme", app.origin));
    }
    (StatusCode::FOUND, [(header::LOCATION, back.to_string())]).into_response()
}

fn too_late() -> Response {
    page(StatusCode::BAD_REQUEST, "<p>Cette page a expiré. <span lang=\"en\">This page has expired.</span></p>")
}

fn login_page(app: &App, request: &str, again: bool) -> Response {
    let wrong = if again {
        "<p role=\"alert\">Nom ou mot de passe refusé. <span lang=\"en\">Name or password refused.</span></p>"
    } else {
        ""
    };
    let name = &app.account.username;
    let body = format!(
        "{wrong}<form method=\"post\" action=\"{LOGIN}\"><input type=\"hidden\" name=\"request\" value=\"{request}\">\
         <p><label for=\"username\">Nom <span lang=\"en\">· Name</span></label><br>\
         <input id=\"username\" name=\"username\" value=\"{name}\" autocomplete=\"username\"></p>\
         <p><label for=\"password\">Mot de passe <span lang=\"en\">· Password</span></label><br>\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" autofocus></p>\
         <p><button id=\"sign-in\">Se connecter <span lang=\"en\">· Sign in</span></button></p></form>\
         <p><small>Le mot de passe est donné par <code>quai sandbox status</code>. \
         <span lang=\"en\">The password is told by <code>quai sandbox status</code>.</span></small></p>"
    );
    page(if again { StatusCode::UNAUTHORIZED } else { StatusCode::OK }, &body)
}

fn consent_page(app: &App, request: &str) -> Response {
    let client = &app.account.client_id;
    let body = format!(
        "<p><strong>{client}</strong> demande à agir en votre nom dans le bac à sable. \
         <span lang=\"en\">It asks to act for you in the sandbox.</span></p>\
         <form method=\"post\" action=\"{CONSENT}\"><input type=\"hidden\" name=\"request\" value=\"{request}\">\
         <button id=\"agree\" name=\"answer\" value=\"yes\">Accepter <span lang=\"en\">· Agree</span></button> \
         <button id=\"refuse\" name=\"answer\" value=\"no\">Refuser <span lang=\"en\">· Refuse</span></button></form>"
    );
    page(StatusCode::OK, &body)
}

fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Bac à sable · Sandbox</title><style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:28rem;\
         margin:12vh auto;padding:0 1.5rem}}input,button{{font:inherit;padding:.3rem .6rem}}</style>\
         <main><h1>Bac à sable <span lang=\"en\">· Sandbox</span></h1>{body}</main></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ];
    (status, headers, html).into_response()
}
