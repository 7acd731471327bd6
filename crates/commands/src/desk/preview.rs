//! What will be public, seen before: the same wish published in the sandbox by the same engine, under
//! a provisional name, and taken down after. What a closed program left is taken down later.

use std::sync::Arc;

use model::Failure;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::shapes::Wish;
use super::{Desk, hold};

/// Before the name of everything that a preview makes.
const PREFIX: &str = "apercu_";

/// A preview that was begun: its delivery, and the datasheet of its services.
#[derive(Debug, Serialize)]
pub(super) struct Begun {
    id: String,
    datasheet: String,
}

/// The wish as the sandbox gets it: every name is provisional, all else is as it will be.
fn provisional(wish: Wish, id: &str) -> Wish {
    let name = format!("{PREFIX}{}", id.split('-').next().unwrap_or(id));
    // the sandbox answers on this machine only: an open service is seen by its own page alone
    Wish { datasheet: Some(name.clone()), name, rehearsal: true, preview: true, private: false, ..wish }
}

impl Desk {
    /// Begins a preview; does not wait for it.
    pub(super) fn preview(self: &Arc<Self>, wish: Wish) -> Result<Begun, Failure> {
        self.sweep();
        let id = uuid::Uuid::new_v4().to_string();
        let wish = provisional(wish, &id);
        let datasheet = wish.name.clone();
        Ok(Begun { id: self.deliver_as(id, wish)?, datasheet })
    }

    /// Stops a preview and takes down all that it made.
    pub(super) async fn end_preview(&self, id: &str) -> Result<(), Failure> {
        let delivery = self.pause(id).await?;
        if !delivery.wish.preview {
            return Err(Failure::new("NOT_A_PREVIEW", "Ce n’est pas un aperçu.", "This is not a preview."));
        }
        let reach = self.rehearsal().await?;
        let made = crate::deletion(&reach, &delivery.wish.name).await?;
        crate::delete(&reach, &made, &|_| {}, &CancellationToken::new()).await?;
        self.forget(id).await
    }

    /// Takes down, beside other work, the previews that no page shows any more.
    fn sweep(self: &Arc<Self>) {
        let left: Vec<String> = self.abandoned();
        if left.is_empty() {
            return;
        }
        let desk = Arc::clone(self);
        tokio::spawn(super::apart(move || async move {
            for id in left {
                if let Err(failure) = desk.end_preview(&id).await {
                    tracing::warn!(%failure, id, "a preview is left in the sandbox");
                }
            }
            Ok(())
        }));
    }

    /// Previews written in the journal that do not run.
    fn abandoned(&self) -> Vec<String> {
        let running = hold(&self.running).keys().cloned().collect::<Vec<_>>();
        let all = self.journal_entries();
        all.into_iter().filter(|d| d.wish.preview && !running.contains(&d.id)).map(|d| d.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_changes_names_and_place_and_nothing_that_is_seen() {
        let wish = Wish {
            name: "canton".to_owned(),
            datasheet: Some("Cantons".to_owned()),
            title: "Cantons du Jura".to_owned(),
            private: true,
            ..Wish::default()
        };
        let seen = provisional(wish, "0a1b2c3d-0000-4000-8000-000000000000");
        assert_eq!((seen.name.as_str(), seen.datasheet.as_deref()), ("apercu_0a1b2c3d", Some("apercu_0a1b2c3d")));
        assert!(seen.rehearsal && seen.preview && !seen.private);
        assert_eq!(seen.title, "Cantons du Jura");
        assert!(model::conforms(&seen.name));
    }
}
