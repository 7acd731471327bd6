//! Closing the window while a delivery runs: it goes on behind the icon in the tray, or the person is
//! asked where there is none. Nothing is lost either way: what is paused goes on another day.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use commands::desk::Desk;
use tauri::{AppHandle, CloseRequestApi, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons};
use tauri_plugin_notification::NotificationExt as _;

use crate::tray;

/// What becomes of a wish to close.
#[derive(Debug, PartialEq, Eq)]
enum Course {
    Close,
    Hide,
    Ask,
}

const fn course(busy: bool, has_tray: bool, asked_before: bool) -> Course {
    match (busy, has_tray, asked_before) {
        (false, ..) => Course::Close,
        (true, true, _) => Course::Hide,
        (true, false, false) => Course::Ask,
        // a second time means it, whatever became of the question
        (true, false, true) => Course::Close,
    }
}

pub(crate) struct Closing {
    app: AppHandle,
    desk: Arc<Desk>,
    asking: Arc<AtomicBool>,
    told: AtomicBool,
}

impl Closing {
    pub(crate) fn new(app: AppHandle, desk: Arc<Desk>) -> Self {
        Self { app, desk, asking: Arc::default(), told: AtomicBool::new(false) }
    }

    pub(crate) fn asked(&self, api: &CloseRequestApi) {
        let busy = !self.desk.running().is_empty();
        match course(busy, tray::is_there(&self.app), self.asking.load(Ordering::Relaxed)) {
            Course::Close => {}
            Course::Hide => {
                api.prevent_close();
                if let Some(window) = self.app.get_webview_window("main") {
                    let _ = window.hide();
                }
                if !self.told.swap(true, Ordering::Relaxed) {
                    self.tell();
                }
            }
            Course::Ask => {
                api.prevent_close();
                self.ask();
            }
        }
    }

    fn tell(&self) {
        let words = if self.desk.is_french() {
            "La livraison continue. Quai reste à côté de l’horloge."
        } else {
            "The delivery goes on. Quai stays beside the clock."
        };
        if let Err(fault) = self.app.notification().builder().title("Quai").body(words).show() {
            tracing::info!(%fault, "no notification");
        }
    }

    fn ask(&self) {
        let (text, leave, stay) = if self.desk.is_french() {
            (
                "Une livraison est en cours. Si vous quittez, elle est mise en pause et reprendra où elle en est à la prochaine ouverture.",
                "Quitter",
                "Rester",
            )
        } else {
            (
                "A delivery is running. If you quit, it is paused, and goes on from where it is when you open Quai again.",
                "Quit",
                "Stay",
            )
        };
        self.asking.store(true, Ordering::Relaxed);
        let (app, asking) = (self.app.clone(), Arc::clone(&self.asking));
        let buttons = MessageDialogButtons::OkCancelCustom(leave.to_owned(), stay.to_owned());
        self.app.dialog().message(text).title("Quai").buttons(buttons).show(move |yes| {
            asking.store(false, Ordering::Relaxed);
            if yes {
                app.exit(0);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Course, course};

    #[test]
    fn a_window_closes_at_once_hides_or_asks() {
        assert_eq!(course(false, true, false), Course::Close);
        assert_eq!(course(false, false, false), Course::Close);
        assert_eq!(course(true, true, false), Course::Hide);
        assert_eq!(course(true, false, false), Course::Ask);
        assert_eq!(course(true, false, true), Course::Close, "asked twice");
    }
}
