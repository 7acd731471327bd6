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

    /// What cannot be done any more afterwards, French first.
    #[must_use]
    pub const fn afterwards(self) -> [&'static str; 2] {
        match self {
            Self::Injection => [
                "injection : à la confirmation, les nouvelles images remplacent les anciennes dans la pyramide même. Ensuite l’état d’avant n’existe plus et ne peut pas être rétabli. Jusque-là, une pyramide d’essai montre le résultat, et l’ancienne est intacte ; le calcul est fait deux fois.",
                "injection: when you confirm, the new images replace the old ones in the pyramid itself. Afterwards the former state is gone and cannot be restored. Until then a trial pyramid shows the result, and the old one is untouched; the computing is done twice.",
            ],
            Self::Successive => [
                "successive : une nouvelle pyramide porte ce qui change et renvoie à l’ancienne pour le reste. Ensuite l’ancienne ne peut plus être supprimée tant que la nouvelle existe, et chaque mise à jour ajoute une pyramide.",
                "successive: a new pyramid holds what changes and refers to the old one for the rest. Afterwards the old one cannot be deleted while the new one lives, and each update adds a pyramid.",
            ],
            Self::Merge => [
                "merge (fusion) : les nouvelles images deviennent une pyramide à elles, et une troisième la compose avec l’ancienne. Ensuite ni l’ancienne ni celle des nouvelles images ne peuvent être supprimées tant que la composition existe.",
                "merge: the new images become a pyramid of their own, and a third composes it with the old one. Afterwards neither the old one nor that of the new images can be deleted while the composition lives.",
            ],
        }
    }
}

/// Where an update stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum UpdateState {
    /// The services show it; the former state is kept, and can come back.
    Shown,
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
