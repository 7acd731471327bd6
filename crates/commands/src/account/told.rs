//! What stops a sign-in, or an answer about the account, as a person reads it.

use model::Failure;
use platform::auth::Trouble;
use platform::{Kind, Refusal};

/// A sign-in that did not end well, told.
pub(crate) fn told(trouble: &Trouble) -> Failure {
    let failure = |fr: String, en: String| Failure::new(trouble.code(), fr, en);
    let again = ["Recommencez la connexion.", "Begin the sign-in again."];
    match trouble {
        Trouble::Unreachable(says) => failure(
            format!("Le fournisseur d’identité ne répond pas : {says}"),
            format!("The identity provider does not answer: {says}"),
        )
        .hint("`quai doctor` dit ce qui ne va pas sur le chemin.", "`quai doctor` says what is wrong on the way."),
        Trouble::Realm { issuer, says } => failure(
            format!("Il n’y a pas de fournisseur d’identité OpenID à l’adresse « {issuer} » : {says}"),
            format!("There is no OpenID identity provider at `{issuer}`: {says}"),
        )
        .hint("Vérifiez l’adresse « issuer » du profil.", "Check the profile's issuer."),
        Trouble::Issuer { expected, found } => failure(
            format!("La réponse vient de « {found} », pas de « {expected} » : elle n’a pas été crue."),
            format!("The answer comes from `{found}`, not from `{expected}`: it was not believed."),
        )
        .hint(
            "Si l’adresse du profil a une faute, corrigez-la ; sinon, prévenez votre service informatique.",
            "If the profile's address is mistyped, mend it; otherwise tell your IT department.",
        ),
        Trouble::State => failure(
            "La réponse du navigateur n’appartient pas à cette connexion : elle n’a pas été crue.".to_owned(),
            "The browser's answer does not belong to this sign-in: it was not believed.".to_owned(),
        )
        .hint(
            "Fermez les anciens onglets de connexion, puis recommencez.",
            "Close older sign-in tabs, then begin again.",
        ),
        Trouble::Token(says) => failure(
            format!("Le jeton d’identité reçu ne tient pas : {says}"),
            format!("The identity token received does not hold: {says}"),
        )
        .hint(
            "Vérifiez l’heure de cette machine (`quai doctor`), puis recommencez.",
            "Check this machine's clock (`quai doctor`), then begin again.",
        ),
        Trouble::Refused(says) => failure(
            format!("La connexion a été refusée dans le navigateur : {says}"),
            format!("Sign-in was refused in the browser: {says}"),
        )
        .hint(again[0], again[1]),
        Trouble::Code(says) => failure(
            format!("Le code de connexion a déjà servi, ou il est trop ancien : {says}"),
            format!("The sign-in code was used already, or is too old: {says}"),
        )
        .hint(again[0], again[1]),
        Trouble::Client(says) => failure(
            format!("Le fournisseur d’identité ne connaît pas ce client, ou pas son adresse de retour : {says}"),
            format!("The identity provider does not know this client, or not its redirect: {says}"),
        )
        .hint(
            "Vérifiez l’identifiant de client (client id) et l’adresse de retour du profil.",
            "Check the profile's client id and redirect.",
        ),
        Trouble::Password(says) => failure(
            format!("Le nom, le mot de passe ou le second facteur n’est pas accepté : {says}"),
            format!("The name, the password or the second factor is not accepted: {says}"),
        )
        .hint(
            "Vérifiez-les. Le mot de passe expire chaque année ; il se change dans la page du compte.",
            "Check them. Passwords expire yearly; they are changed on the account's page.",
        ),
        Trouble::Ended(says) => failure(
            format!("La session est terminée : elle a expiré, ou le compte a été désactivé ({says})."),
            format!("The session has ended: it expired, or the account was disabled ({says})."),
        )
        .hint("Reconnectez-vous (`quai login`).", "Sign in again (`quai login`)."),
        Trouble::TimedOut => failure(
            "Personne n’est revenu du navigateur : la connexion est abandonnée.".to_owned(),
            "Nobody came back from the browser: the sign-in is given up.".to_owned(),
        )
        .hint(again[0], again[1]),
        Trouble::Cancelled => {
            failure("Connexion annulée.".to_owned(), "Sign-in cancelled.".to_owned())
        }
        Trouble::Redirect { redirect, says } => failure(
            format!("L’adresse de retour « {redirect} » ne peut pas servir : {says}"),
            format!("The redirect `{redirect}` cannot be used: {says}"),
        )
        .hint(
            "Un autre programme, ou une autre connexion, occupe ce port : fermez-le, ou changez l’adresse dans le profil.",
            "Another program, or another sign-in, has that port: close it, or change the profile's redirect.",
        ),
        Trouble::Keeping(says) => failure(
            format!("La session ne peut pas être gardée : {says}"),
            format!("The session cannot be kept: {says}"),
        )
        .hint("`quai doctor` examine le trousseau.", "`quai doctor` looks at the keychain."),
        Trouble::Other(says) => {
            failure(format!("La connexion a échoué : {says}"), format!("Sign-in failed: {says}")).hint(again[0], again[1])
        }
    }
}

/// A refusal to say who one is, told.
pub(crate) fn refused(refusal: &Refusal) -> Failure {
    match refusal.kind {
        Kind::SignedOut => Failure::new(
            "SIGNED_OUT",
            format!("La session est terminée : {}.", refusal.says),
            format!("The session has ended: {}.", refusal.says),
        )
        .hint("Reconnectez-vous (`quai login`).", "Sign in again (`quai login`)."),
        Kind::Unauthorized => Failure::new(
            "UNAUTHORIZED",
            format!("La plateforme ne reconnaît pas la connexion : {}", refusal.says),
            format!("The platform does not accept the sign-in: {}", refusal.says),
        )
        .hint("Reconnectez-vous (`quai login`).", "Sign in again (`quai login`)."),
        _ => Failure::new(
            "CONNECTION",
            format!("La plateforme n’a pas dit qui vous êtes : {refusal}"),
            format!("The platform did not say who you are: {refusal}"),
        )
        .hint("`quai doctor` dit ce qui ne va pas sur le chemin.", "`quai doctor` says what is wrong on the way."),
    }
}
