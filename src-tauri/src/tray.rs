//! The icon beside the clock: what runs, open, quit. A desktop without a place for it gets none, and
//! says nothing: closing the window while a delivery runs asks then.

use std::sync::Arc;
use std::time::Duration;

use commands::Failure;
use commands::desk::{Delivery, Desk};
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager as _, Wry};

const ID: &str = "quai";
const OPEN: &str = "open";
const QUIT: &str = "quit";
/// How often what runs is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Whether the icon is there.
pub(crate) fn is_there(app: &AppHandle) -> bool {
    app.tray_by_id(ID).is_some()
}

/// The name of the step a delivery is at.
fn step(of: &Delivery, at: usize) -> &'static str {
    let word = of.step.and_then(|s| serde_json::to_value(s).ok());
    let names = match word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default() {
        "package" => ["préparation", "packaging"],
        "upload" => ["téléversement", "upload"],
        "check" => ["vérification", "check"],
        "process" => ["traitement", "processing"],
        "publish" | "share" => ["publication", "publication"],
        _ => ["lecture", "reading"],
    };
    names[at]
}

/// A line a delivery that runs, or one that says that none does.
fn lines(running: &[Delivery], french: bool) -> Vec<String> {
    let at = usize::from(!french);
    if running.is_empty() {
        return vec![["Aucune livraison en cours", "No delivery is running"][at].to_owned()];
    }
    let line = |delivery: &Delivery| {
        let name = if delivery.wish.title.is_empty() { &delivery.wish.name } else { &delivery.wish.title };
        // a share of what is done is known of the upload alone
        let share = delivery.total.filter(|total| *total > 0).map(|total| delivery.done.min(total) * 100 / total);
        let share = share.map(|share| [format!(" {share} %"), format!(" {share}%")][at].clone()).unwrap_or_default();
        let colon = [" : ", ": "][at];
        format!("{name}{colon}{}{share}", step(delivery, at))
    };
    running.iter().map(line).collect()
}

fn menu(app: &AppHandle, lines: &[String], french: bool) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for (number, line) in lines.iter().enumerate() {
        menu.append(&MenuItem::with_id(app, format!("line-{number}"), line, false, None::<&str>)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(app)?)?;
    let words = if french { ["Ouvrir Quai", "Quitter"] } else { ["Open Quai", "Quit"] };
    for (id, text) in [OPEN, QUIT].into_iter().zip(words) {
        menu.append(&MenuItem::with_id(app, id, text, true, None::<&str>)?)?;
    }
    Ok(menu)
}

fn build(app: &AppHandle, lines: &[String], french: bool) -> tauri::Result<()> {
    let mut tray = TrayIconBuilder::with_id(ID)
        .tooltip("Quai")
        .menu(&menu(app, lines, french)?)
        .show_menu_on_left_click(true)
        .on_menu_event(|app, event| match event.id().as_ref() {
            OPEN => show(app),
            QUIT => app.exit(0),
            _ => {}
        });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app).map(drop)
}

/// Brings the window back, from wherever it is.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Puts the icon there, where it can be seen, and keeps its menu true.
pub(crate) fn keep(app: AppHandle, desk: Arc<Desk>) {
    tauri::async_runtime::spawn(async move {
        if !place::can_be_seen().await {
            tracing::info!("this desktop has no tray");
            return;
        }
        let told = (lines(&desk.running(), desk.is_french()), desk.is_french());
        let (handle, (first, french)) = (app.clone(), told.clone());
        let built = on_main(&app, move || build(&handle, &first, french)).await;
        if let Err(failure) = built {
            tracing::info!(%failure, "no icon in the tray");
            return;
        }
        let mut shown = told;
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tick.tick().await;
            let now = (lines(&desk.running(), desk.is_french()), desk.is_french());
            if now == shown {
                continue;
            }
            shown = now.clone();
            let handle = app.clone();
            let changed = on_main(&app, move || {
                let menu = menu(&handle, &now.0, now.1)?;
                handle.tray_by_id(ID).map_or(Ok(()), |tray| tray.set_menu(Some(menu)))
            });
            if let Err(failure) = changed.await {
                tracing::info!(%failure, "the tray's menu stays as it was");
            }
        }
    });
}

/// Runs where windows are made; what breaks there breaks nothing else.
async fn on_main(app: &AppHandle, act: impl FnOnce() -> tauri::Result<()> + Send + 'static) -> Result<(), Failure> {
    let (answer, done) = tokio::sync::oneshot::channel();
    let fault = |says: String| Failure::new("TRAY", says.clone(), says);
    app.run_on_main_thread(move || {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
        let outcome = match outcome {
            Ok(outcome) => outcome.map_err(|e| e.to_string()),
            Err(_) => Err("the tray's library broke".to_owned()),
        };
        let _ = answer.send(outcome);
    })
    .map_err(|e| fault(e.to_string()))?;
    done.await.map_err(|e| fault(e.to_string()))?.map_err(fault)
}

#[cfg(target_os = "linux")]
mod place {
    //! A tray needs a library, loaded when it is first used, and a desktop that listens on the
    //! session's bus.

    use std::path::{Path, PathBuf};
    use std::time::Duration;

    const LIBRARIES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    const PATIENCE: Duration = Duration::from_secs(2);

    pub(super) async fn can_be_seen() -> bool {
        let named = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
        let usual = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64"].map(PathBuf::from);
        let folders: Vec<PathBuf> = std::env::split_paths(&named).chain(usual).collect();
        has_library(&folders)
            && tokio::time::timeout(PATIENCE, is_watched()).await.unwrap_or(Ok(false)).unwrap_or(false)
    }

    /// In a folder of libraries, or in one of an architecture right below.
    pub(super) fn has_library(folders: &[PathBuf]) -> bool {
        let holds = |folder: &Path| LIBRARIES.iter().any(|name| folder.join(name).exists());
        folders.iter().any(|folder| {
            let below = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
            holds(folder) || below.filter(|p| p.to_string_lossy().ends_with("-linux-gnu")).any(|p| holds(&p))
        })
    }

    async fn is_watched() -> zbus::Result<bool> {
        let bus = zbus::Connection::session().await?;
        Ok(zbus::fdo::DBusProxy::new(&bus).await?.name_has_owner(WATCHER.try_into()?).await?)
    }
}

#[cfg(not(target_os = "linux"))]
mod place {
    pub(super) async fn can_be_seen() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use commands::desk::{DeliveryState, Wish};

    use super::*;

    fn delivery(title: &str, step: &str, done: u64, total: Option<u64>) -> Delivery {
        Delivery {
            id: "d".to_owned(),
            wish: Wish { name: "canton".to_owned(), title: title.to_owned(), ..Wish::default() },
            account: None,
            datastore: None,
            state: DeliveryState::Running,
            step: serde_json::from_value(step.into()).ok(),
            done,
            total,
            failure: None,
            stored_data: Vec::new(),
            offerings: Vec::new(),
            lines: Vec::new(),
            created: 0,
            updated: 0,
        }
    }

    #[test]
    fn each_delivery_that_runs_is_a_line_in_the_persons_language() {
        let running = [delivery("Cantons", "upload", 210, Some(434)), delivery("", "process", 0, None)];
        assert_eq!(lines(&running, true), ["Cantons : téléversement 48 %", "canton : traitement"]);
        assert_eq!(lines(&running, false), ["Cantons: upload 48%", "canton: processing"]);
        assert_eq!(lines(&[], true), ["Aucune livraison en cours"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_library_is_found_where_systems_keep_theirs() {
        let folder = tempfile::tempdir().expect("a folder");
        let all = [folder.path().to_owned()];
        assert!(!place::has_library(&all));
        let below = folder.path().join("x86_64-linux-gnu");
        std::fs::create_dir(&below).expect("a folder");
        std::fs::write(below.join("libayatana-appindicator3.so.1"), "").expect("a file");
        assert!(place::has_library(&all));
    }
}
