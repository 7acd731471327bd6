//! The window's life: it opens on the desk, hears drops, and leaves nothing half done when it closes.

use std::path::PathBuf;
use std::sync::Arc;

use commands::desk::Desk;
use commands::{Failure, Given, Language, Limits, Workplace};
use serde_json::{Value, json};
use tauri::ipc::Channel;
use tauri::{AppHandle, DragDropEvent, Emitter as _, Manager as _, RunEvent, State, WebviewUrl, WindowEvent};

use crate::host::Window;
use crate::{closing, log, tiles, tray};

/// The page's one door.
#[tauri::command]
async fn call(
    desk: State<'_, Arc<Desk>>,
    command: String,
    request: Value,
    on_event: Channel<Value>,
) -> Result<Value, Failure> {
    let desk = Arc::clone(desk.inner());
    desk.call(command, request, move |event| drop(on_event.send(event))).await
}

/// Paths among the words of a command line, made whole from where it was typed. Links are refused,
/// those to `quai:` like the others: no link is known to this version.
fn paths_among(words: impl Iterator<Item = String>, from: &std::path::Path) -> Vec<PathBuf> {
    let is_link = |word: &str| {
        let scheme = word.split_once(':').map_or("", |(scheme, _)| scheme);
        // one letter is a drive of Windows
        let link = scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if link {
            tracing::warn!(scheme, "a link was refused");
        }
        link
    };
    words.filter(|w| !w.starts_with('-') && !is_link(w)).map(|w| from.join(w)).filter(|p| p.exists()).collect()
}

fn language(tag: Option<String>) -> Language {
    match tag {
        Some(tag) if !tag.to_lowercase().starts_with("fr") && !["C", "POSIX", "C.UTF-8"].contains(&tag.as_str()) => {
            Language::En
        }
        _ => Language::Fr,
    }
}

/// The system's language, as its environment gives it.
fn system_language() -> Option<String> {
    ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
}

/// Tells the page the system's language (the web view only knows those whose locale is installed), and
/// whether a processor plays graphics card (the web view hides it).
fn tell_page() -> String {
    let tag = if language(system_language()) == Language::Fr { "fr-FR" } else { "en-GB" };
    #[cfg(target_os = "linux")]
    let by_processor = crate::painter::is_processor();
    #[cfg(not(target_os = "linux"))]
    let by_processor = false;
    format!(
        "Object.defineProperty(Navigator.prototype, 'language', {{ get: () => '{tag}' }}); \
         window.quaiPaintsByProcessor = {by_processor};"
    )
}

fn hear(app: &AppHandle, desk: &Desk, paths: Vec<PathBuf>) {
    desk.open(paths);
    let _ = app.emit("opened", json!({}));
    tray::show(app);
}

/// The page, and what the configuration says of it.
pub(crate) fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Opens the window and stays until it closes.
///
/// # Errors
/// When there is no display, or no folder to keep things in.
pub(crate) fn open() -> Result<(), Box<dyn std::error::Error>> {
    let mut work = Workplace::usual(Language::Fr, Limits::default())?;
    work.language = language(commands::desk::preferred_language(&work.settings).or_else(system_language));
    work.limits = commands::desk::preferred_limits(&work.settings, work.limits);
    log::begin(&work.data);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "the window opens");
    let work = Arc::new(work);
    #[cfg(target_os = "linux")]
    let data = work.data.clone();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, words, from| {
            let desk = Arc::clone(app.state::<Arc<Desk>>().inner());
            hear(app, &desk, paths_among(words.into_iter().skip(1), from.as_ref()));
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .register_asynchronous_uri_scheme_protocol("quai", |context, request, responder| {
            let desk = Arc::clone(context.app_handle().state::<Arc<Desk>>().inner());
            let path = request.uri().path().to_owned();
            let origin = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };
            tauri::async_runtime::spawn(async move {
                responder.respond(tiles::answer(desk, path, origin.to_owned()).await);
            });
        })
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |app| {
            let desk = Desk::new(
                Arc::clone(&work),
                Given::from_environment(),
                Box::new(Window { app: app.handle().clone(), log: log::file(&work.data) }),
            );
            let here = std::env::current_dir().unwrap_or_default();
            desk.open(paths_among(std::env::args().skip(1), &here));
            app.manage(Arc::clone(&desk));
            let window = tauri::WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Quai")
                .inner_size(1280.0, 800.0)
                .min_inner_size(720.0, 520.0)
                .initialization_script(tell_page())
                .build()?;
            #[cfg(target_os = "linux")]
            tauri::async_runtime::spawn(async move { crate::painter::paint_once(&data).await });
            let handle = app.handle().clone();
            tray::keep(handle.clone(), Arc::clone(&desk));
            let closing = closing::Closing::new(handle.clone(), desk.clone());
            window.on_window_event(move |event| {
                if let WindowEvent::CloseRequested { api, .. } = event {
                    closing.asked(api);
                }
                let WindowEvent::DragDrop(drag) = event else { return };
                let _ = match drag {
                    DragDropEvent::Enter { .. } => {
                        let desk = Arc::clone(&desk);
                        tauri::async_runtime::spawn(async move { desk.expect().await });
                        handle.emit("dragging", json!({ "over": true }))
                    }
                    DragDropEvent::Leave => handle.emit("dragging", json!({ "over": false })),
                    DragDropEvent::Drop { paths, .. } => {
                        let _ = handle.emit("dragging", json!({ "over": false }));
                        handle.emit("dropped", desk.grant(paths.clone()))
                    }
                    _ => Ok(()),
                };
            });
            Ok(())
        })
        .build(context())?;
    app.run(|app, event| {
        // what runs is paused, to go on at the next start
        if let RunEvent::Exit = event {
            let desk = Arc::clone(app.state::<Arc<Desk>>().inner());
            tauri::async_runtime::block_on(async move {
                let _ = tokio::time::timeout(std::time::Duration::from_secs(5), desk.pause_all()).await;
            });
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_gives_files_that_exist_and_no_link() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let words =
            ["--flag", "Cargo.toml", "absent.gpkg", "quai://delete/all", "quai:Cargo.toml", "https://a/b", "src"];
        let found = paths_among(words.into_iter().map(str::to_owned), folder);
        assert_eq!(found, [folder.join("Cargo.toml"), folder.join("src")]);
    }
}
