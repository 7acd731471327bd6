//! What only a window can do for the desk: native dialogs, and a word when long work ends.

use std::path::PathBuf;
use std::time::Duration;

use commands::desk::{Delivery, Host};
use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tauri_plugin_notification::NotificationExt as _;

/// Work shorter than this was watched to its end.
const LONG: Duration = Duration::from_secs(20);

pub(crate) struct Window {
    pub(crate) app: AppHandle,
    pub(crate) log: PathBuf,
}

fn local(paths: Option<Vec<FilePath>>) -> Vec<PathBuf> {
    paths.into_iter().flatten().filter_map(|p| p.into_path().ok()).collect()
}

#[async_trait::async_trait]
impl Host for Window {
    async fn choose_files(&self) -> Vec<PathBuf> {
        let (answer, chosen) = tokio::sync::oneshot::channel();
        self.app.dialog().file().pick_files(move |paths| drop(answer.send(paths)));
        local(chosen.await.ok().flatten())
    }

    async fn choose_folder(&self) -> Vec<PathBuf> {
        let (answer, chosen) = tokio::sync::oneshot::channel();
        self.app.dialog().file().pick_folder(move |path| drop(answer.send(path)));
        local(chosen.await.ok().flatten().map(|path| vec![path]))
    }

    fn sample(&self) -> Option<PathBuf> {
        // named by whoever starts the window, or laid beside the program by its package
        let named = std::env::var_os("QUAI_SAMPLE").map(PathBuf::from);
        let packaged = || {
            let program = std::env::current_exe().ok()?;
            Some(program.parent()?.parent()?.join("share/quai/samples/CANTON.shp"))
        };
        named.or_else(packaged).filter(|path| path.is_file())
    }

    fn log(&self) -> Option<PathBuf> {
        Some(self.log.clone())
    }

    fn ended(&self, delivery: &Delivery, french: bool) {
        if Duration::from_secs(u64::try_from(delivery.updated - delivery.created).unwrap_or(0)) < LONG {
            return;
        }
        let Some(words) = delivery.ending(french) else { return };
        let title = if delivery.wish.title.is_empty() { &delivery.wish.name } else { &delivery.wish.title };
        if let Err(fault) = self.app.notification().builder().title("Quai").body(format!("« {title} » {words}")).show()
        {
            tracing::info!(%fault, "no notification");
        }
    }
}
