//! How a delivery ended, in the words of a notification. Knows nothing of how it is shown.

use super::shapes::{Delivery, DeliveryState, UpdateAct};

impl Delivery {
    /// How it ended, after its name; nothing while there is nothing to tell.
    #[must_use]
    pub fn ending(&self, french: bool) -> Option<&'static str> {
        let both = match (self.state, self.wish.update) {
            (DeliveryState::Published, None) => ["est publiée.", "is published."],
            (DeliveryState::Published, Some(UpdateAct::Show { .. })) => [
                "montre les nouvelles images : regardez, puis gardez-les ou revenez en arrière.",
                "shows the new images: look, then keep them or go back.",
            ],
            (DeliveryState::Published, Some(UpdateAct::Confirm)) => {
                ["garde les nouvelles images.", "keeps the new images."]
            }
            (DeliveryState::Published, Some(UpdateAct::Undo)) => {
                ["est revenue à l’état d’avant.", "is back to its former state."]
            }
            (DeliveryState::Failed, _) => {
                ["s’est arrêtée : ouvrez Quai pour voir pourquoi.", "has stopped: open Quai to see why."]
            }
            _ => return None,
        };
        Some(both[usize::from(!french)])
    }
}
