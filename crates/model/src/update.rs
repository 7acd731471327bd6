//! Updates of a live raster pyramid: the ways there are, where one stands, and what each makes
//! impossible afterwards.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How new images come into a live pyramid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum UpdateHow {
    /// Into the live pyramid itself.
    Injection,
    /// A new pyramid of what changes, which refers to the live one for the rest.
    Successive,
    /// A pyramid of the new images alone, and one that composes it with the live one.
    Merge,
}

impl UpdateHow {
    pub const ALL: [Self; 3] = [Self::Injection, Self::Successive, Self::Merge];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Injection => "injection",
            Self::Successive => "successive",
            Self::Merge => "merge",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.as_str() == name)
    }

    /// What it is, before it is chosen.
    #[must_use]
    pub const fn way(self) -> UpdateWay {
        let (name, does, lost, cost) = match self {
            Self::Injection => (
                ["Remplacer dans la pyramide", "Replace inside the pyramid"],
                [
                    "À la confirmation, les nouvelles images remplacent les anciennes dans la pyramide même. Jusque-là, une pyramide d’essai montre le résultat, et l’ancienne est intacte.",
                    "When you confirm, the new images replace the old ones in the pyramid itself. Until then a trial pyramid shows the result, and the old one is untouched.",
                ],
                [
                    "Ensuite l’état d’avant n’existe plus et ne peut pas être rétabli.",
                    "Afterwards the former state is gone and cannot be restored.",
                ],
                [
                    "Le calcul est fait deux fois ; une fois confirmée, aucune pyramide ne s’ajoute.",
                    "The computing is done twice; once confirmed, no pyramid is added.",
                ],
            ),
            Self::Successive => (
                ["Ajouter une pyramide de ce qui change", "Add a pyramid of what changes"],
                [
                    "Une nouvelle pyramide porte ce qui change et renvoie à l’ancienne pour le reste.",
                    "A new pyramid holds what changes and refers to the old one for the rest.",
                ],
                [
                    "Ensuite l’ancienne ne peut plus être supprimée tant que la nouvelle existe.",
                    "Afterwards the old one cannot be deleted while the new one lives.",
                ],
                [
                    "Un seul calcul ; chaque mise à jour ajoute une pyramide.",
                    "Computed once; each update adds a pyramid.",
                ],
            ),
            Self::Merge => (
                ["Composer avec une pyramide à part", "Compose with a pyramid of its own"],
                [
                    "Les nouvelles images deviennent une pyramide à elles, et une troisième la compose avec l’ancienne.",
                    "The new images become a pyramid of their own, and a third composes it with the old one.",
                ],
                [
                    "Ensuite ni l’ancienne ni celle des nouvelles images ne peuvent être supprimées tant que la composition existe.",
                    "Afterwards neither the old one nor that of the new images can be deleted while the composition lives.",
                ],
                [
                    "Deux calculs ; chaque mise à jour ajoute deux pyramides.",
                    "Computed twice; each update adds two pyramids.",
                ],
            ),
        };
        UpdateWay { how: self, name, does, lost, cost }
    }

    /// What it does and what cannot be done any more afterwards, in a line, French first.
    #[must_use]
    pub fn afterwards(self) -> [String; 2] {
        let UpdateWay { does, lost, cost, .. } = self.way();
        let word = self.as_str();
        let line = |at: usize, colon: &str| format!("{word}{colon}{} {} {}", does[at], lost[at], cost[at]);
        [line(0, " : "), line(1, ": ")]
    }
}

/// A way to update, in words, French first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct UpdateWay {
    pub how: UpdateHow,
    pub name: [&'static str; 2],
    /// What the platform does.
    pub does: [&'static str; 2],
    /// What is impossible once it is confirmed.
    pub lost: [&'static str; 2],
    pub cost: [&'static str; 2],
}

/// Where an update stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum UpdateState {
    /// Not every service shows it yet.
    Begun,
    /// The services show it; the former state is kept, and can come back.
    Shown,
    /// An injection was confirmed and has begun: the former state cannot come back.
    Injecting,
    Confirmed,
    /// The former state is back.
    Undone,
}

/// An update of the raster services of a datasheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Update {
    pub datasheet: String,
    pub how: UpdateHow,
    pub state: UpdateState,
    /// The stored data that the services show.
    pub stored_data: String,
    /// That they showed before.
    pub former: String,
    /// Layers of the services that follow, with their type: `WMTS-TMS ortho`.
    pub services: Vec<String>,
}
