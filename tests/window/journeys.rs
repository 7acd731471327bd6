//! From a drop to live services through the window alone; each ends with GDAL reading what is live.

use std::path::PathBuf;
use std::time::Duration;

use harness::search::holds_none;
use harness::{Box as Sandbox, count_and_extent, fetch, files, gdal, process_lines, sample};

use crate::browser::Browser;
use crate::native::{choose, drop_files};
use crate::stage::Stage;

pub(crate) const PUBLISHED: &str = "[data-testid=share]";
pub(crate) const PUBLICATION: Duration = Duration::from_secs(90);

pub(crate) fn can_press(id: &str) -> String {
    format!("[data-testid={id}]:not([disabled])")
}

/// From the facts to the choices.
pub(crate) fn look_and_validate(page: &Browser) {
    page.wait("[data-testid=journey][data-stage=inspect]");
    page.click(&can_press("next"));
    page.wait("[data-testid=verdict][data-blocks='0']");
    page.click(&can_press("next"));
    page.wait("[data-testid=plan]");
}

/// Leaves these services chosen, of all that the data allow.
pub(crate) fn choose_services(page: &Browser, wanted: &[&str]) {
    let script = "return [...document.querySelectorAll('[data-testid^=service-]:not([disabled])')]
        .map(box => [box.dataset.testid.replace('service-', ''), box.checked])";
    let offered = page.run(script);
    let offered: Vec<_> = offered.as_array().into_iter().flatten().collect();
    assert!(wanted.iter().all(|w| offered.iter().any(|o| o[0] == **w)), "{wanted:?} are not all among {offered:?}");
    for service in offered {
        let name = service[0].as_str().unwrap_or_default();
        if service[1] != wanted.contains(&name) {
            page.click(&format!("[data-testid=service-{name}]"));
        }
    }
}

pub(crate) fn publish(page: &Browser) {
    page.click(&can_press("publish"));
    page.click(&can_press("confirm"));
}

/// All that the page holds and a script could read.
pub(crate) fn all_in(page: &Browser) -> String {
    let seen = page.run(
        "return [document.documentElement.outerHTML, JSON.stringify({ ...localStorage }),
            ...[...document.querySelectorAll('input, textarea')].map(i => i.value),
            ...performance.getEntries().map(e => e.name),
            JSON.stringify({ ...sessionStorage }), document.cookie, Object.keys(window).join(' ')].join(' ')",
    );
    seen.as_str().unwrap_or_default().to_owned()
}

/// The first address that the page gives for a kind of service.
fn address(page: &Browser, kind: &str) -> String {
    let all = page.values(&format!("[data-testid=offering][data-type='{kind}'][data-status=PUBLISHED] .copy input"));
    all.into_iter().next().unwrap_or_else(|| panic!("no address for {kind}"))
}

pub(crate) fn service(address: &str) -> String {
    address.split('?').next().unwrap_or_default().to_owned()
}

/// The WFS has the source's features at the source's place.
pub(crate) fn wfs_is_the_source(page: &Browser, source: (&PathBuf, &str), layer: &str) {
    let (count, extent) = count_and_extent(&format!("WFS:{}", service(&address(page, "WFS"))), layer);
    let (wanted, truth) = count_and_extent(&source.0.display().to_string(), source.1);
    assert_eq!(count, wanted);
    let (extent, truth) = (extent.expect("an extent"), truth.expect("an extent"));
    assert!(extent.iter().zip(&truth).all(|(a, b)| (a - b).abs() < 0.01), "{extent:?} {truth:?}");
}

#[test]
fn a_shapefile_dropped_by_a_newcomer_becomes_wfs_wms_and_tiles() {
    let mut stage = Stage::new("fr");
    stage.open();
    let page = stage.page();
    assert_eq!(page.text("h1"), "Déposez vos données ici");
    let source = sample("canton/CANTON.shp");
    drop_files(&stage, std::slice::from_ref(&source));
    page.wait("[data-testid=inspect-map][data-state=idle]");
    let (features, _) = count_and_extent(&source.display().to_string(), "CANTON");
    assert_eq!(page.text("[data-testid=features]"), features.to_string());
    look_and_validate(page);
    choose_services(page, &["wfs", "wms-vector", "tms"]);
    publish(page);
    page.wait_for(PUBLISHED, PUBLICATION);
    page.wait("[data-testid=live-map][data-state=idle]");
    wfs_is_the_source(page, (&source, "CANTON"), "canton:canton");

    let wms = service(&address(page, "WMS-VECTOR"));
    let map = "service=WMS&version=1.3.0&request=GetMap&layers=canton&crs=EPSG:2154&bbox=637000,6846000,670000,6874000";
    let picture = stage.folder.path().join("canton.png");
    std::fs::write(&picture, fetch(&format!("{wms}?{map}&styles=&width=400&height=340&format=image/png")))
        .expect("a file");
    let shown = gdal("gdalinfo", &["-stats", &picture.display().to_string()]);
    let spread = shown.lines().filter_map(|l| l.trim().strip_prefix("STATISTICS_STDDEV=")?.parse::<f64>().ok());
    assert!(spread.fold(0.0, f64::max) > 10.0, "the map is blank: {shown}");

    let tiles = address(page, "WMTS-TMS");
    let tile = stage.folder.path().join("tile.pbf");
    std::fs::write(&tile, fetch(&format!("{}/10/518/352.pbf", tiles.split("/{").next().unwrap_or_default())))
        .expect("a file");
    let (objects, _) = count_and_extent(&format!("MVT:{}", tile.display()), "canton");
    assert!(objects > 10, "{objects} objects in the tile");
}

#[test]
fn an_archive_chosen_in_the_systems_dialog_becomes_a_download() {
    let mut stage = Stage::new("fr");
    stage.open();
    let page = stage.page();
    page.click(&can_press("choose-files"));
    let source = sample("canton_dossier_dans_zip.zip");
    choose(&stage, &source);
    look_and_validate(page);
    choose_services(page, &["download"]);
    publish(page);
    page.wait_for(PUBLISHED, PUBLICATION);
    // the feed names a dataset, the dataset its files
    let link = |feed: String| {
        let text = String::from_utf8_lossy(&fetch(&feed)).into_owned();
        text.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link").to_owned()
    };
    let file = link(link(address(page, "DOWNLOAD")));
    let taken = stage.folder.path().join("taken.zip");
    std::fs::write(&taken, fetch(&file)).expect("a file");
    let read = |zip: &PathBuf| count_and_extent(&format!("/vsizip/{}/CANTON", zip.display()), "CANTON");
    assert_eq!(read(&taken), read(&source));
}

#[test]
fn a_delivery_cut_by_a_crash_goes_on_after_a_restart_and_nothing_is_sent_twice() {
    // slow enough to be cut in the middle of what the platform does
    let sandbox = Sandbox::new(&["stage_milliseconds=400"]);
    let mut stage = Stage::new("fr").signed_in_to(&sandbox);
    stage.open();
    let source = sample("canton/CANTON.shp");
    drop_files(&stage, std::slice::from_ref(&source));
    look_and_validate(stage.page());
    choose_services(stage.page(), &["wfs"]);
    publish(stage.page());
    stage.page().wait("[data-testid=delivery] li:nth-of-type(6)[aria-current=step]");
    stage.kill();

    stage.open();
    let page = stage.page();
    page.click("[data-testid=delivery-card][data-state=paused] [data-testid=open-delivery]");
    page.click(&can_press("resume"));
    page.wait_for(PUBLISHED, PUBLICATION);
    wfs_is_the_source(page, (&source, "CANTON"), "canton:canton");
    let sent = sandbox.requests();
    let sent =
        sent.iter().filter(|r| r["method"] == "POST" && r["uri"].as_str().is_some_and(|u| u.contains("/data?path=")));
    assert_eq!(sent.count(), 1, "the package was sent once");
    assert_eq!(sandbox.list("offerings").len(), 1);
}

#[test]
fn the_page_speaks_the_language_chosen_and_remembers_it() {
    let mut stage = Stage::new("en");
    stage.open();
    assert_eq!(stage.page().text("h1"), "Drop your data here");
    stage.page().click("[data-testid=settings]");
    stage.page().select("[data-testid=language]", "fr");
    stage.page().wait("html[lang=fr]");
    assert_eq!(stage.page().text("h1"), "Réglages");
    stage.close();
    stage.open();
    assert_eq!(stage.page().text("h1"), "Déposez vos données ici");
    stage.page().click("[data-testid=settings]");
    stage.page().select("[data-testid=language]", "en");
    stage.page().wait("html[lang=en]");
}

#[test]
fn an_english_reader_publishes_a_file_opened_from_the_file_manager() {
    let mut stage = Stage::new("en");
    let source = sample("kml/croquis.geojson");
    stage.open_with(std::slice::from_ref(&source));
    let page = stage.page();
    look_and_validate(page);
    assert_eq!(page.text("h1"), "Choose the services");
    choose_services(page, &["wfs"]);
    publish(page);
    page.wait_for(PUBLISHED, PUBLICATION);
    wfs_is_the_source(page, (&source, "croquis"), "croquis:croquis");
}

#[test]
fn a_second_start_hands_its_files_to_the_window_that_is_there() {
    let mut stage = Stage::new("fr");
    stage.open();
    let second = stage.command(crate::stage::desktop_program()).arg(sample("kml/croquis.geojson")).status();
    assert!(second.is_ok_and(|s| s.success()), "the second start leaves at once");
    stage.page().wait("[data-testid=source] h2");
    assert_eq!(stage.page().values("[data-testid=source] h2"), ["croquis.geojson"]);
}

#[test]
fn a_photograph_dropped_becomes_wmts_and_gdal_sees_the_same_colours() {
    let mut stage = Stage::new("fr");
    stage.open();
    let page = stage.page();
    let source = sample("ortho/01-2021-0920-6564-LA93-0M50-E100.tiff");
    drop_files(&stage, std::slice::from_ref(&source));
    page.wait("[data-testid=inspect-map][data-state=idle]");
    look_and_validate(page);
    choose_services(page, &["wmts"]);
    let name = page.values("[data-testid=name]").remove(0);
    publish(page);
    page.wait_for(PUBLISHED, PUBLICATION);
    page.wait("[data-testid=offering][data-status=PUBLISHED]");
    let all = page.values("[data-testid=offering][data-type='WMTS-TMS'] .copy input");
    let address = all.iter().find(|a| a.to_lowercase().contains("wmts")).unwrap_or_else(|| panic!("{all:?}"));
    let capabilities = format!("WMTS:{}?service=WMTS&request=GetCapabilities,layer={name}", service(address));
    let read = stage.folder.path().join("wmts.tif").display().to_string();
    let truth = stage.folder.path().join("truth.tif").display().to_string();
    // a square in the middle of the photograph, as each says it is
    let window = ["-te_srs", "EPSG:2154", "-te", "920300", "6563300", "920700", "6563700"];
    let warped = |from: &str, to: &str| {
        let shape = ["-q", "-t_srs", "EPSG:3857", "-ts", "300", "300", "-r", "average"];
        let _ = gdal("gdalwarp", &[&shape[..], &window[..], &[from, to]].concat());
        let said = gdal("gdalinfo", &["-stats", to]);
        let means = said.lines().filter_map(|l| l.trim().strip_prefix("STATISTICS_MEAN=")?.parse::<f64>().ok());
        means.take(3).collect::<Vec<f64>>()
    };
    let (live, wanted) = (warped(&capabilities, &read), warped(&source.display().to_string(), &truth));
    assert!(live.len() == 3 && wanted.len() == 3, "{live:?} {wanted:?}");
    assert!(live.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 4.0), "{live:?} {wanted:?}");
}

#[test]
fn a_folder_with_faults_is_repaired_on_a_copy_and_the_copy_is_published() {
    let mut stage = Stage::new("fr");
    stage.open();
    let page = stage.page();
    let folder = harness::root().join("tests/fixtures/bad/geometrie_invalide_gml");
    let before: Vec<_> = std::fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.file_name()).collect();
    drop_files(&stage, std::slice::from_ref(&folder));
    page.wait("[data-testid=journey][data-stage=inspect]");
    page.click(&can_press("next"));
    page.wait("[data-testid=repair-choice][data-code=GEOMETRY_INVALID]");
    page.click(&can_press("repair"));
    page.wait("[data-testid=repaired]");
    page.wait("[data-testid=verdict][data-blocks='0']");
    page.click(&can_press("next"));
    page.wait("[data-testid=plan]");
    choose_services(page, &["wfs"]);
    let name = page.values("[data-testid=name]").remove(0);
    publish(page);
    page.wait_for(PUBLISHED, PUBLICATION);
    let (source, layer) = (folder.join("PRESCRIPTION_SURF.gml").display().to_string(), "PRESCRIPTION_SURF");
    let wfs = format!("WFS:{}", service(&address(page, "WFS")));
    let (wanted, _) = count_and_extent(&source, layer);
    let (count, _) = count_and_extent(&wfs, &format!("{name}:prescription_surf"));
    assert_eq!(count, wanted);
    let after: Vec<_> = std::fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(after, before, "something was left beside the source");
}

#[test]
fn neither_the_page_nor_what_the_window_leaves_holds_a_secret() {
    let sandbox = Sandbox::new(&[]);
    let secrets = ["password", "client_secret"].map(|member| sandbox.text(member));
    let mut stage = Stage::new("fr").signed_in_to(&sandbox);
    stage.open();
    drop_files(&stage, &[sample("kml/croquis.geojson")]);
    look_and_validate(stage.page());
    choose_services(stage.page(), &["wfs"]);
    publish(stage.page());
    stage.page().wait_for(PUBLISHED, PUBLICATION);
    stage.page().wait("[data-testid=offering]");
    let seen = all_in(stage.page());
    let mut shown =
        vec![("the page".to_owned(), seen.clone().into_bytes()), ("process list".to_owned(), process_lines())];
    stage.kill();
    files(stage.folder.path(), &mut shown);
    assert!(seen.contains("service=WFS"), "what was published is not shown: {seen}");
    assert!(shown.iter().any(|(name, bytes)| name.ends_with(".log") && !bytes.is_empty()), "no log was looked at");
    assert!(!shown[1].1.is_empty(), "no process was looked at");
    holds_none(&shown, &secrets);
}
