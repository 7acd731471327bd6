//! What Tauri derives from its configuration; the page's folder must exist for it.

fn main() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
    if let Err(fault) = std::fs::create_dir_all(page) {
        println!("cargo::warning=the page's folder cannot be made: {fault}");
    }
    tauri_build::try_build(
        tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(&["call"])),
    )
    .unwrap_or_else(|fault| {
        println!("cargo::error={fault:#}");
    });
}
