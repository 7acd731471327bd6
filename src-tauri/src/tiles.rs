//! Tiles of the person's own data, drawn when the map asks for them: `quai://localhost/tiles/…`.

use std::sync::Arc;

use commands::desk::{Desk, Tile};
use tauri::http::{Response, StatusCode, header};

/// `/tiles/{key}/{layer}/{z}/{x}/{y}`
fn place(path: &str) -> Option<(String, usize, [u32; 3])> {
    let mut parts = path.trim_start_matches('/').split('/');
    if parts.next() != Some("tiles") {
        return None;
    }
    let key = parts.next()?.to_owned();
    let layer = parts.next()?.parse().ok()?;
    let mut number = || parts.next()?.parse::<u32>().ok();
    let found = (key, layer, [number()?, number()?, number()?]);
    parts.next().is_none().then_some(found)
}

pub(crate) async fn answer(desk: Arc<Desk>, path: String, origin: String) -> Response<Vec<u8>> {
    let (status, tile) = match place(&path) {
        None => (StatusCode::NOT_FOUND, None),
        Some((key, layer, place)) => match desk.tile(&key, layer, place).await {
            Ok(Some(tile)) => (StatusCode::OK, Some(tile)),
            Ok(None) => (StatusCode::NO_CONTENT, None),
            Err(failure) => {
                tracing::info!(path, code = failure.code, "no tile");
                (StatusCode::NOT_FOUND, None)
            }
        },
    };
    let Tile { bytes, content } = tile.unwrap_or(Tile { bytes: Vec::new(), content: "text/plain" });
    let answer = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content)
        // the page alone may read it
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .body(bytes);
    answer.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn an_address_names_a_source_a_layer_and_a_tile_and_nothing_more() {
        assert_eq!(place("/tiles/abc/2/6/32/22"), Some(("abc".to_owned(), 2, [6, 32, 22])));
        for wrong in
            ["/tiles/abc/2/6/32", "/tiles/abc/2/6/32/22/1", "/tiles/abc/x/6/32/22", "/other/abc/2/6/32/22", "/"]
        {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
