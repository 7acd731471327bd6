//! What every route of the API asks first: a token, the right, one's own datastore, a body that
//! holds what it must.

use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use super::MOST_JSON_BYTES;
use crate::answer::{Answer, No};
use crate::contract::Route;
use crate::switches::Switches;
use crate::{App, auth, contract};

/// A body too big is read to its end, so that its sender hears the refusal; but not beyond this.
const MOST_PASSED_OVER: usize = 200_000_000;

pub(super) fn unknown() -> No {
    No::new(StatusCode::UNAUTHORIZED, "Jeton absent, invalide ou expiré.")
}

pub(super) async fn pass(State(app): State<App>, path: Option<MatchedPath>, request: Request, next: Next) -> Response {
    match admit(&app, path.as_ref().map_or("", |p| p.as_str()), request).await {
        Ok(request) => next.run(request).await,
        Err(no) => no.into_response(),
    }
}

async fn admit(app: &App, path: &str, request: Request) -> Answer<Request> {
    let route = path.strip_prefix("/api").and_then(|p| contract::route(request.method().as_str(), p));
    let known = auth::bearer(&request).is_some_and(|token| app.tokens.opens(token)) && !app.switches().account_disabled;
    let mishap = app.switches.lock().is_ok_and(|mut s| Switches::take(&mut s.unauthorized));
    if mishap || !known && route.is_none_or(|r| r.right != "public") {
        return Err(unknown());
    }
    let asked = request.uri().path().trim_start_matches("/api/datastores/");
    if path.starts_with("/api/datastores/") && asked.split('/').next() != Some(app.account.datastore.as_str()) {
        return Err(No::missing("Entrepôt"));
    }
    let Some(route) = route else { return Ok(request) };
    let needs_one = route.right.bytes().all(|b| b.is_ascii_uppercase());
    if needs_one && !app.switches().rights.contains(&route.right) {
        let says = format!("Le droit {} est nécessaire dans la communauté.", route.right);
        return Err(No::new(StatusCode::FORBIDDEN, says));
    }
    if route.multipart { Ok(request) } else { read(route, request).await }
}

/// Reads a JSON body and looks at it.
async fn read(route: &Route, request: Request) -> Answer<Request> {
    let (parts, body) = request.into_parts();
    let said = parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let too_big = || No::new(StatusCode::PAYLOAD_TOO_LARGE, "Le corps de la requête dépasse 10 Mo.");
    if said.is_some_and(|bytes| bytes > MOST_JSON_BYTES) {
        let (mut body, mut passed) = (body.into_data_stream(), 0);
        while let Some(Ok(chunk)) = body.next().await {
            passed += chunk.len();
            if passed > MOST_PASSED_OVER {
                break;
            }
        }
        return Err(too_big());
    }
    let bytes = to_bytes(body, MOST_JSON_BYTES).await.map_err(|_| too_big())?;
    if let Some((shape, required)) = &route.body
        && (*required || !bytes.is_empty())
    {
        let value = super::json_body(&bytes)?;
        let mut faults = contract::faults(shape, &value).into_iter();
        if let Some(first) = faults.next() {
            return Err(No(StatusCode::BAD_REQUEST, first, faults.collect()));
        }
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}
