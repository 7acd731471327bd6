//! IGN's own Python SDK, unmodified, through its tutorials: what it expects of the platform, the
//! sandbox must give.

use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{Box, count_and_extent, root, sample};
use md5::{Digest, Md5};

/// The Python that has the SDK: `cargo xtask test` makes it.
fn python() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    std::env::var_os("QUAI_SDK_PYTHON").map_or_else(|| target.join("venv/bin/python"), PathBuf::from)
}

struct Sdk {
    folder: PathBuf,
    data: PathBuf,
}

impl Sdk {
    fn new(sandbox: &Box) -> Self {
        let folder = sandbox.folder.path().join("sdk");
        std::fs::create_dir_all(&folder).expect("a folder");
        let settings = format!(
            "[store_authentification]\ntoken_url={}\nclient_id={}\nclient_secret={}\nlogin={}\npassword={}\n[store_api]\nroot_url={}\ndatastore={}\n[upload]\nnb_sec_between_check_updates=1\n[processing_execution]\nnb_sec_between_check_updates=1\n[miscellaneous]\ntmp_workdir={}\n",
            sandbox.text("token_url"),
            sandbox.text("client_id"),
            sandbox.text("client_secret"),
            sandbox.text("username"),
            sandbox.text("password"),
            sandbox.text("api"),
            sandbox.text("datastore"),
            folder.display()
        );
        std::fs::write(folder.join("config.ini"), settings).expect("settings");
        let found = Command::new(python())
            .args([
                "-c",
                "import sdk_entrepot_gpf, pathlib; print(pathlib.Path(sdk_entrepot_gpf.__file__).parent / '_data')",
            ])
            .output()
            .expect("run `cargo xtask test`: it installs the SDK");
        let data = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
        assert!(data.is_dir(), "the SDK is not installed: {}", String::from_utf8_lossy(&found.stderr));
        Self { folder, data }
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new(python())
            .args(["-m", "sdk_entrepot_gpf", "--ini", "config.ini"])
            .args(arguments)
            .current_dir(&self.folder)
            .output()
            .expect("the SDK runs");

        [output.stdout, output.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat()
    }

    fn copy(&self, from: &str, to: &str) {
        copy_folder(&self.data.join(from), &self.folder.join(to));
    }
}

fn copy_folder(from: &Path, to: &Path) {
    if from.is_file() {
        std::fs::copy(from, to).expect("a copy");
        return;
    }
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        copy_folder(&entry.path(), &to.join(entry.file_name()));
    }
}

/// The SDK believes in success when the check lists are still empty: its own defect, kept out here.
fn sandbox() -> Box {
    Box::new(&["empty_checks_milliseconds=0"])
}

#[test]
fn the_sdk_publishes_its_vector_and_archive_tutorials() {
    let sandbox = sandbox();
    let sdk = Sdk::new(&sandbox);
    // the package's own vector data are damaged: sound ones take their place
    let good = sdk.folder.join("good");
    std::fs::create_dir_all(good.join("CANTON")).expect("a folder");
    for ending in ["cpg", "dbf", "prj", "shp", "shx"] {
        let name = format!("CANTON.{ending}");
        std::fs::copy(sample("canton").join(&name), good.join("CANTON").join(&name)).expect("a copy");
    }
    std::fs::copy(sample("canton/upload_descriptor.json"), good.join("upload_descriptor.json")).expect("a copy");
    sdk.copy("datasets/1_dataset_vector/CANTON_style.sld", "CANTON_style.sld");
    sdk.copy("datasets/2_dataset_archive", "2_dataset_archive");
    sdk.copy("workflows/generic_vecteur.jsonc", "generic_vecteur.jsonc");
    sdk.copy("workflows/generic_archive.jsonc", "generic_archive.jsonc");
    let mut said = sdk.run(&["delivery", "good/upload_descriptor.json"]);
    let style = r#"{"static": [{"file": "CANTON_style.sld", "name": "style_canton", "type": "GEOSERVER-STYLE", "description": "style"}]}"#;
    std::fs::write(sdk.folder.join("static.json"), style).expect("a description");
    said += &sdk.run(&["delivery", "static.json"]);
    for step in [
        "mise-en-base",
        "configuration-wfs-bdd",
        "publication-wfs-bdd",
        "configuration-wms-bdd",
        "publication-wms-bdd",
        "création-pyramide",
        "configuration-tms-py",
        "publication-tms-py",
    ] {
        said += &sdk.run(&["workflow", "-f", "generic_vecteur.jsonc", "-s", step]);
    }
    said += &sdk.run(&["delivery", "2_dataset_archive/upload_descriptor.json"]);
    for step in [
        "intégration-archive-livrée",
        "patch-donnée-stockée",
        "configuration-archive-livrée",
        "publication-archive-livrée",
    ] {
        said += &sdk.run(&["workflow", "-f", "generic_archive.jsonc", "-s", step]);
    }
    let mut live: Vec<String> = sandbox
        .list("offerings?fields=type,status,layer_name")
        .iter()
        .map(|o| format!("{} {}", o["type"].as_str().unwrap_or("?"), o["status"].as_str().unwrap_or("?")))
        .collect();
    live.sort();
    let wanted = ["DOWNLOAD PUBLISHED", "WFS PUBLISHED", "WMS-VECTOR PUBLISHED", "WMTS-TMS PUBLISHED"];
    assert_eq!(live, wanted, "{said}");
    let wfs = sandbox.list("offerings?fields=type,urls");
    let url = wfs.iter().find(|o| o["type"] == "WFS").and_then(|o| o["urls"][0]["url"].as_str()).expect("a URL");
    let name = url.split("typeNames=").nth(1).expect("a type name").to_owned();
    assert_eq!(count_and_extent(&format!("WFS:{}", sandbox.service("wfs")), &name).0, 61);
}

/// The only upload is unstable: how many checks failed, and what the first of them says.
fn refused(sandbox: &Box, said: &str) -> (usize, String) {
    let uploads = sandbox.list("uploads?fields=status,name");
    assert_eq!(uploads[0]["status"], "UNSTABLE", "{said}");
    let id = uploads[0]["_id"].as_str().expect("an id");
    let url = format!("{}/datastores/{}", sandbox.text("api"), sandbox.text("datastore"));
    let get = |path: &str| -> serde_json::Value {
        let asked = harness::http().get(format!("{url}/{path}")).bearer_auth(sandbox.token());
        asked.send().expect("an answer").json().expect("JSON")
    };
    let checks = get(&format!("uploads/{id}/checks"));
    let failed = checks["failed"].as_array().expect("failed checks");
    let first = failed[0]["_id"].as_str().expect("a failed check");
    (failed.len(), get(&format!("checks/executions/{first}/logs?limit=2000")).to_string())
}

#[test]
fn the_damaged_data_of_the_sdk_are_refused_with_the_reason() {
    let sandbox = sandbox();
    let sdk = Sdk::new(&sandbox);
    sdk.copy("datasets/1_dataset_vector", "1_dataset_vector");
    let said = sdk.run(&["delivery", "1_dataset_vector/upload_descriptor.json"]);
    let (_, log) = refused(&sandbox, &said);
    assert!(log.contains("géométries absentes") && log.contains("31"), "{log}");
    // and our own validation says the same before anything is sent
    let shape = sdk.folder.join("1_dataset_vector/CANTON/CANTON.shp").display().to_string();
    let output = sandbox.quai(&["validate", &shape, "--json"]).output().expect("quai runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(harness::lines(&output).iter().any(|l| l["code"] == "GEOMETRY_NULL_OR_EMPTY"));
}

/// The dataset of the raster tutorial, with these images in the place of its own.
fn raster_dataset(sdk: &Sdk, images: &[PathBuf]) {
    sdk.copy("datasets/3_dataset_raster/upload_descriptor.jsonc", "upload_descriptor.jsonc");
    let folder = sdk.folder.join("ain");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut sums = String::new();
    for image in images {
        let name = image.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = std::fs::read(image).expect("an image");
        sums.push_str(&format!("{}  ain/{name}\n", hex::encode(Md5::digest(&bytes))));
        std::fs::write(folder.join(&name), bytes).expect("an image");
    }
    std::fs::write(sdk.folder.join("ain.md5"), sums).expect("signatures");
}

#[test]
fn the_raster_tutorial_of_the_sdk_runs_to_the_end() {
    let sandbox = sandbox();
    let sdk = Sdk::new(&sandbox);
    let images = ["0920", "0921"].map(|x| sample(&format!("ortho/01-2021-{x}-6564-LA93-0M50-E100.tiff")));
    raster_dataset(&sdk, &images);
    sdk.copy("workflows/generic_raster.jsonc", "generic_raster.jsonc");
    let mut said = sdk.run(&["delivery", "upload_descriptor.jsonc"]);
    for step in ["pyramide", "configuration-WMTS", "publication-WMTS", "configuration-WMS", "publication-WMS"] {
        said += &sdk.run(&["workflow", "-f", "generic_raster.jsonc", "-s", step]);
    }
    let mut live: Vec<String> = sandbox
        .list("offerings?fields=type,status,layer_name")
        .iter()
        .map(|o| format!("{} {}", o["type"].as_str().unwrap_or("?"), o["status"].as_str().unwrap_or("?")))
        .collect();
    live.sort();
    assert_eq!(live, ["WMS-RASTER PUBLISHED", "WMTS-TMS PUBLISHED"], "{said}");
    let stored = sandbox.list("stored_data?fields=type,type_infos,status");
    assert_eq!(
        (stored[0]["status"].as_str(), stored[0]["type_infos"]["tms"].as_str()),
        (Some("GENERATED"), Some("PM"))
    );
    // a tile in the middle of the photographs
    let url = format!(
        "{}?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=Canton__raster_wmts&STYLE=normal&TILEMATRIXSET=PM&TILEMATRIX=15&TILEROW=11639&TILECOL=16917&FORMAT=image/jpeg",
        sandbox.service("wmts")
    );
    let tile = harness::fetch(&url);
    assert!(tile.starts_with(&[0xFF, 0xD8]) && tile.len() > 4000, "{} bytes", tile.len());
}

#[test]
fn the_damaged_images_of_the_sdk_are_refused_with_the_reason() {
    let sandbox = sandbox();
    let sdk = Sdk::new(&sandbox);
    let folder = sdk.data.join("datasets/3_dataset_raster/ain");
    let mut images: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the tutorial's images").flatten().map(|e| e.path()).collect();
    images.sort();
    raster_dataset(&sdk, &images);
    let said = sdk.run(&["delivery", "upload_descriptor.jsonc"]);
    let (failed, log) = refused(&sandbox, &said);
    assert_eq!(failed, 1, "the signatures are right, the images are not");
    for image in &images {
        let name = image.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(log.contains(&format!("{name} n'est pas lisible")), "{name}: {log}");
    }
}
