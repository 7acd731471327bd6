//! How WebKitGTK paints where no graphics card does. It reads its way from the environment once, before
//! anything else runs; and each kind of shape costs a moment the first time it is drawn, so they are
//! drawn once aside.

use std::io::Read as _;
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use tauri::{WebviewUrl, WebviewWindowBuilder};

const SHARED_BUFFERS: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Turns shared graphics buffers off where no graphics card is there to share them: painted by the
/// processor, they cost a page a second and a third of its memory. What a person set stays. For the very
/// beginning: the environment is nobody else's then.
pub(crate) fn choose() {
    if std::env::var_os(SHARED_BUFFERS).is_none() && is_processor() {
        // the window then opens as it is
        let _ = glib::setenv(SHARED_BUFFERS, "1", false);
    }
}

/// Nobody waits for anything by then.
const CALM: Duration = Duration::from_millis(1500);
/// Painted or not.
const LONGEST: Duration = Duration::from_secs(120);

/// The word that makes this program the painter.
pub(crate) const WORD: &str = "paint";

/// Has every kind of shape painted by a process of its own, once for each version of the web view: the
/// graphics library keeps its translations in the person's cache, and the memory that it took is given back.
pub(crate) async fn paint_once(data: &Path) {
    let (note, version) = (data.join("painted"), tauri::webview_version().unwrap_or_default());
    if !is_processor() || std::fs::read_to_string(&note).is_ok_and(|painted| painted == version) {
        return;
    }
    tokio::time::sleep(CALM).await;
    let Ok(program) = std::env::current_exe() else { return };
    let mut painter = tokio::process::Command::new(program);
    // the painter ends with its input, so with us
    painter.arg(WORD).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    // no driver is to take it for the window
    painter.env_remove("TAURI_AUTOMATION").env_remove("TAURI_WEBVIEW_AUTOMATION");
    let Ok(mut painter) = painter.spawn() else { return };
    let input = painter.stdin.take();
    match tokio::time::timeout(LONGEST, painter.wait()).await {
        Ok(Ok(status)) if status.success() => drop(std::fs::write(note, version)),
        ended => tracing::info!(?ended, "maps were not painted ahead"),
    }
    drop(input);
}

/// The painter's whole life: a page that nobody sees says by its title what came of it.
pub(crate) fn paint(context: tauri::Context) -> ExitCode {
    let _ = rustix::process::nice(10);
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(1);
    });
    let ran = tauri::Builder::default()
        .setup(|app| {
            WebviewWindowBuilder::new(app, "painter", WebviewUrl::App("paint.html".into()))
                .visible(false)
                .incognito(true)
                .initialization_script("window.quaiPaintsByProcessor = true;")
                .on_document_title_changed(|_, title| {
                    if !title.is_empty() {
                        std::process::exit(i32::from(title != "painted"));
                    }
                })
                .build()?;
            Ok(())
        })
        .run(context);
    ExitCode::from(u8::from(ran.is_err()))
}

/// Whether no graphics card is there to draw.
pub(crate) fn is_processor() -> bool {
    !has_card(Path::new("/dev/dri"))
}

fn has_card(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("render"))
}

#[cfg(test)]
mod tests {
    use super::has_card;

    #[test]
    fn a_card_is_one_that_renders() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!has_card(&folder.path().join("none")));
        std::fs::write(folder.path().join("card0"), "").expect("written");
        assert!(!has_card(folder.path()), "a card that only shows");
        std::fs::write(folder.path().join("renderD128"), "").expect("written");
        assert!(has_card(folder.path()));
    }
}
