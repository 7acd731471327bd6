//! What Tauri derives from its configuration. The page is inside the program, debug or release: it
//! is built first (`npm run build` in ui), and its folder must exist even where it was not.

fn main() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
    if let Err(fault) = std::fs::create_dir_all(page) {
        println!("cargo::warning=the page's folder cannot be made: {fault}");
    }
    // a page built anew is a program built anew
    println!("cargo::rerun-if-changed=../ui/dist");
    tauri_build::try_build(
        tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(&["call"])),
    )
    .unwrap_or_else(|fault| {
        println!("cargo::error={fault:#}");
    });
}
