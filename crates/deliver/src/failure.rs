//! What stops a journey, as a person reads it: what was being done, what stopped it, what to do.

use model::{Failure, Service, Step};
use platform::{Kind, Refusal};

/// A refusal of the platform, told.
pub(crate) fn refused(refusal: &Refusal) -> Failure {
    let says = &refusal.says;
    let doing = &refusal.operation;
    match refusal.kind {
        Kind::Cancelled => cancelled(),
        Kind::Unauthorized => Failure::new(
            "UNAUTHORIZED",
            format!("En pause : la plateforme ne reconnaît plus ce compte ({says}). Rien n’est perdu : ce qui est envoyé reste sur la plateforme."),
            format!("Paused: the platform no longer accepts this account ({says}). Nothing is lost: what was sent stays on the platform."),
        )
        .hint(
            "Reconnectez-vous (`quai login`), puis relancez la même commande.",
            "Sign in again (`quai login`), then run the same command.",
        ),
        Kind::SignedOut => Failure::new(
            "SIGNED_OUT",
            format!("En pause : la session est terminée, ou le compte a été désactivé ({says}). Rien n’est perdu : ce qui est envoyé reste sur la plateforme."),
            format!("Paused: the session has ended, or the account was disabled ({says}). Nothing is lost: what was sent stays on the platform."),
        )
        .hint(
            "Reconnectez-vous (`quai login`), puis relancez la même commande : elle reprend où elle s’est arrêtée.",
            "Sign in again (`quai login`), then run the same command: it goes on where it stopped.",
        ),
        Kind::Forbidden => Failure::new(
            "FORBIDDEN",
            format!("Le compte n’a pas le droit nécessaire ({doing}) : {says}"),
            format!("The account lacks the right for this ({doing}): {says}"),
        )
        .hint(
            "Demandez ce droit au superviseur de l’espace de travail.",
            "Ask the community's supervisor for that right.",
        ),
        Kind::Unavailable | Kind::Unreachable => Failure::new(
            "UNAVAILABLE",
            format!("La plateforme ne répond pas ({doing}) : {says}"),
            format!("The platform does not answer ({doing}): {says}"),
        )
        .hint(
            "Relancez la même commande plus tard : elle reprendra où elle s’est arrêtée.",
            "Run the same command later: it goes on where it stopped.",
        ),
        Kind::NotImplemented => Failure::new(
            "NOT_OFFERED",
            format!("Cette plateforme n’offre pas cette opération ({doing}) : {says}"),
            format!("This platform does not offer this ({doing}): {says}"),
        ),
        _ => Failure::new(
            "REFUSED",
            format!("La plateforme a refusé ({doing}) : {says}"),
            format!("The platform refused ({doing}): {says}"),
        ),
    }
}

pub(crate) fn cancelled() -> Failure {
    Failure::new("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked.").hint(
        "Relancez la même commande : elle reprendra où elle s’est arrêtée.",
        "Run the same command: it goes on where it stopped.",
    )
}

pub(crate) fn checks_failed(names: &[String], log: Vec<String>) -> Failure {
    let names = names.join(", ");
    Failure::new(
        "CHECK_FAILED",
        format!("La livraison n’a pas passé les vérifications de la plateforme ({names})."),
        format!("The upload failed the platform's checks ({names})."),
    )
    .hint("Corrigez les données d’après le journal, puis relancez.", "Mend the data as the log says, then run again.")
    .log(log)
}

pub(crate) fn processing_failed(name: &str, log: Vec<String>) -> Failure {
    Failure::new(
        "PROCESSING_FAILED",
        format!("Le traitement « {name} » a échoué ; la donnée stockée est inutilisable."),
        format!("The processing “{name}” failed; its stored data is unusable."),
    )
    .hint(
        "Lisez le journal ; relancer la commande efface la donnée ratée et recommence le traitement.",
        "Read the log; running the command again deletes the failed data and starts the processing anew.",
    )
    .log(log)
}

pub(crate) fn publication_failed(layer: &str) -> Failure {
    Failure::new(
        "PUBLICATION_FAILED",
        format!("La publication de `{layer}` a échoué : l’offre est instable (UNSTABLE)."),
        format!("Publishing `{layer}` failed: the offering is UNSTABLE."),
    )
    .hint(
        "Relancez la même commande : l’offre sera synchronisée à nouveau.",
        "Run the same command: the offering is synchronised again.",
    )
}

pub(crate) fn layer_name_taken(layer: &str, proposal: &str) -> Failure {
    Failure::new(
        "LAYER_NAME_TAKEN",
        format!("Le nom de couche `{layer}` est déjà pris par une autre publication."),
        format!("The layer name `{layer}` is already taken by another publication."),
    )
    .hint(
        format!("Choisissez un autre nom, par exemple `--name {proposal}`."),
        format!("Choose another name, for instance `--name {proposal}`."),
    )
}

pub(crate) fn no_endpoint(kind: &str, open: bool, seen: &[String]) -> Failure {
    let (fr, en) = if open { ("ouvert", "open") } else { ("restreint", "restricted") };
    let seen = if seen.is_empty() { "–".to_owned() } else { seen.join(", ") };
    Failure::new(
        "NO_ENDPOINT",
        format!("Aucun point d’accès {kind} {fr} n’a de place dans cet entrepôt (vus : {seen})."),
        format!("No {en} {kind} endpoint has room in this datastore (seen: {seen})."),
    )
    .hint(
        "Dépubliez un service devenu inutile, ou demandez un quota plus grand.",
        "Unpublish a service that is no longer useful, or ask for a larger quota.",
    )
}

pub(crate) fn package_missing(service: Service) -> Failure {
    Failure::new(
        "PACKAGE_MISSING",
        format!("Rien dans la commande ne permet le service `{service}` : il manque le paquet dont il serait fait."),
        format!("Nothing in the order makes the service `{service}`: the package it is made from is missing."),
    )
}

pub(crate) fn nothing_to_publish(service: Service) -> Failure {
    Failure::new(
        "NOTHING_TO_PUBLISH",
        format!("Aucune table avec géométrie et objets : le service `{service}` serait vide."),
        format!("No table with geometry and features: the service `{service}` would be empty."),
    )
}

pub(crate) fn no_heights() -> Failure {
    Failure::new(
        "NO_HEIGHTS",
        "L’altimétrie demande un modèle de terrain : une seule bande de valeurs, pas une image.",
        "Altimetry needs a terrain model: one band of values, not a picture.",
    )
    .hint("Retirez `altimetry` des services.", "Take `altimetry` out of the services.")
}

pub(crate) fn processing_missing(what: &str) -> Failure {
    Failure::new(
        "PROCESSING_MISSING",
        format!("L’entrepôt n’offre pas le traitement nécessaire ({what})."),
        format!("The datastore does not offer the processing needed ({what})."),
    )
    .hint("Demandez-le au support de la Géoplateforme.", "Ask the platform's support for it.")
}

pub(crate) fn file_not_whole(target: &str, sent: u64, there: Option<u64>) -> Failure {
    let there = there.map_or_else(|| "–".to_owned(), |n| n.to_string());
    Failure::new(
        "FILE_NOT_WHOLE",
        format!("Le fichier `{target}` n’arrive pas entier : {sent} octets envoyés, {there} reçus."),
        format!("The file `{target}` does not arrive whole: {sent} bytes sent, {there} received."),
    )
    .hint(
        "Relancez la même commande : seul ce fichier sera renvoyé.",
        "Run the same command: only that file is sent again.",
    )
}

pub(crate) fn file_changed(path: &str) -> Failure {
    Failure::new(
        "FILE_CHANGED",
        format!("Le fichier `{path}` a changé ou disparu depuis la préparation du paquet."),
        format!("The file `{path}` changed or vanished since the package was made."),
    )
    .hint("Préparez le paquet à nouveau.", "Make the package again.")
}

pub(crate) fn does_not_advance(step: Step) -> Failure {
    Failure::new(
        "NO_ADVANCE",
        format!("L’étape {step:?} n’avance pas : la plateforme accepte, mais ne montre pas le changement."),
        format!("The step {step:?} does not advance: the platform accepts but does not show the change."),
    )
    .hint("Relancez la même commande plus tard.", "Run the same command later.")
}
