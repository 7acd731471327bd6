//! What is on this machine: disk, GDAL, keychain.

use model::Failure;

use super::{Hop, HopState, Round};
use crate::Workplace;
use crate::account::Vault;
use crate::workplace::{disk as told, replace};

/// Below this, a delivery of any size is at risk.
const LITTLE_BYTES: u64 = 1_000_000_000;

pub(super) fn disk(work: &Workplace, round: &mut Round<'_>) -> bool {
    let doing = ["Écriture d’un essai", "Writing a trial"];
    for folder in [&work.data, &work.settings] {
        let trial = folder.join("doctor.tmp");
        let outcome = replace(&trial, b"quai", doing).and_then(|()| {
            let back = std::fs::read(&trial).map_err(|e| told(doing, &e))?;
            let _ = std::fs::remove_file(&trial);
            if back == b"quai" { Ok(()) } else { Err(told(doing, &"what was read is not what was written")) }
        });
        if let Err(failure) = outcome {
            let at = folder.display();
            let [fr, en] = failure.message;
            let failure = Failure { message: [format!("{fr} ({at})"), format!("{en} ({at})")], ..failure };
            return round.add(Hop::failed("disk", &failure));
        }
    }
    let free = fs4::available_space(&work.data).unwrap_or(u64::MAX);
    let megabytes = free / 1_000_000;
    let state = if free < LITTLE_BYTES { HopState::Warned } else { HopState::Passed };
    round.add(Hop::new(
        "disk",
        state,
        format!("{megabytes} Mo libres dans {}", work.data.display()),
        format!("{megabytes} MB free in {}", work.data.display()),
    ))
}

/// A worker reads a point whose CRS must be recognised: GDAL, its drivers and PROJ's database.
pub(super) async fn gdal(work: &Workplace, round: &mut Round<'_>) {
    let fault = |says: String| {
        Failure::new(
            "GDAL",
            format!("GDAL ne lit pas les données : {says}"),
            format!("GDAL does not read data: {says}"),
        )
        .hint(
            "Réinstallez Quai ou GDAL ; vérifiez les variables PROJ_DATA et GDAL_DATA.",
            "Reinstall Quai or GDAL; check the variables PROJ_DATA and GDAL_DATA.",
        )
    };
    let cancel = tokio_util::sync::CancellationToken::new();
    let version = work.pool().call("version", serde_json::Value::Null, &|_| {}, &cancel).await;
    let version = match version {
        Ok(version) => version["gdal"].as_str().unwrap_or_default().to_owned(),
        Err(problem) => {
            round.add(Hop::failed("gdal", &fault(format!("{problem:?}"))));
            return;
        }
    };
    let trial = work.data.join("doctor.geojson");
    let point = br#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:2154"}},"features":[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[652000,6862000]}}]}"#;
    let written = replace(&trial, point, ["Écriture d’un essai", "Writing a trial"]);
    let read = match written {
        Ok(()) => {
            crate::inspect_sources(work, std::slice::from_ref(&trial), crate::Depth::Facts, &|_| {}, &cancel).await
        }
        Err(failure) => {
            round.add(Hop::failed("gdal", &failure));
            return;
        }
    };
    let _ = std::fs::remove_file(&trial);
    let layer = read.first().and_then(|i| i.layers.first());
    let hop = match layer {
        None => Hop::failed("gdal", &fault("no layer is found in a file that holds one".to_owned())),
        Some(layer) if layer.crs.as_ref().and_then(|c| c.code.as_deref()) != Some("EPSG:2154") => Hop::failed(
            "gdal",
            &fault("a coordinate system that everybody knows is not recognised (proj.db)".to_owned()),
        ),
        Some(_) => Hop::new("gdal", HopState::Passed, format!("GDAL {version}"), format!("GDAL {version}")),
    };
    round.add(hop);
}

pub(super) async fn keychain(needed: bool, round: &mut Round<'_>) {
    let outcome = tokio::task::spawn_blocking(Vault::try_keychain).await.unwrap_or_else(|e| Err(e.to_string()));
    match outcome {
        Ok(()) => round.passed("keychain", "le trousseau garde et rend", "the keychain keeps and gives back"),
        Err(says) => {
            let failure = Failure::new(
                "NO_KEYCHAIN",
                format!("Le trousseau du système ne s’ouvre pas : {says}"),
                format!("The system's keychain does not open: {says}"),
            )
            .hint(
                "Ouvrez-le, ou gardez la connexion dans un fichier protégé : quai login --keep file.",
                "Unlock it, or keep the sign-in in a protected file: quai login --keep file.",
            );
            let hop = Hop::failed("keychain", &failure);
            round.add(if needed { hop } else { Hop { state: HopState::Warned, ..hop } });
        }
    }
}
