//! What stops an update, in words.

use model::{Failure, UpdateHow};

pub(super) fn waiting(datasheet: &str, how: UpdateHow) -> Failure {
    let how = how.as_str();
    Failure::new(
        "UPDATE_WAITS",
        format!("Une mise à jour ({how}) de « {datasheet} » attend d’être confirmée ou défaite."),
        format!("An update ({how}) of `{datasheet}` waits to be confirmed or undone."),
    )
    .hint(
        format!("Dans la fenêtre, ouvrez la fiche ; sinon `quai update {datasheet} --confirm` ou `quai update {datasheet} --undo`."),
        format!("In the window, open the datasheet; else `quai update {datasheet} --confirm` or `quai update {datasheet} --undo`."),
    )
}

pub(super) fn none_waits(datasheet: &str) -> Failure {
    Failure::new(
        "UPDATE_NONE",
        format!("Aucune mise à jour de « {datasheet} » n’attend d’être confirmée ou défaite."),
        format!("No update of `{datasheet}` waits to be confirmed or undone."),
    )
}

pub(super) fn not_ready(datasheet: &str) -> Failure {
    Failure::new(
        "UPDATE_NOT_SHOWN",
        format!("La mise à jour de « {datasheet} » n’est pas finie : personne ne l’a encore vue."),
        format!("The update of `{datasheet}` is not done: nobody has seen it yet."),
    )
    .hint(
        "Relancez d’abord la mise à jour, avec les mêmes images.",
        "Run the update again first, with the same images.",
    )
}

pub(super) fn nothing_new(datasheet: &str) -> Failure {
    Failure::new(
        "UPDATE_NOTHING",
        format!("Ces images sont déjà celles de « {datasheet} » : il n’y a rien à mettre à jour."),
        format!("These images are already those of `{datasheet}`: there is nothing to update."),
    )
}

pub(super) fn too_late(datasheet: &str) -> Failure {
    Failure::new(
        "UPDATE_INJECTED",
        format!("L’injection dans « {datasheet} » est confirmée et commencée : l’état d’avant n’existe plus."),
        format!("The injection into `{datasheet}` is confirmed and begun: the former state is gone."),
    )
    .hint(
        format!("Achevez-la : confirmez encore une fois, ou `quai update {datasheet} --confirm`."),
        format!("End it: confirm once more, or `quai update {datasheet} --confirm`."),
    )
}
