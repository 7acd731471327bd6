//! A folder of images through the window: one data set on the map, its pyramid chosen by hand, read back
//! from its WMTS.

use harness::{fetch, sample};

use crate::journeys::{PUBLICATION, PUBLISHED, choose_services, look_and_validate, publish, service};
use crate::native::drop_files;
use crate::stage::Stage;

#[test]
fn a_folder_of_photographs_becomes_a_wmts_of_the_levels_that_were_chosen() {
    let mut stage = Stage::new("fr");
    stage.open();
    let page = stage.page();
    drop_files(&stage, &[sample("ortho")]);
    page.wait("[data-testid=inspect-map][data-state=idle]");
    page.wait("[data-testid=set][data-tiles='2'][data-faulty='0']");
    look_and_validate(page);
    choose_services(page, &["wmts"]);
    page.wait("[data-testid=pyramid-plan][data-grid=PM][data-compression=jpg][data-bottom='18']");
    page.click("[data-testid=pyramid-open]");
    page.select("[data-testid=pyramid-bottom]", "16");
    page.wait("[data-testid=pyramid-plan][data-bottom='16']");
    let name = page.values("[data-testid=name]").remove(0);
    publish(page);
    page.wait_for(PUBLISHED, PUBLICATION);
    // images alone are shown through their own tiles
    page.wait("[data-testid=live-map][data-state=idle]");
    assert!(page.text("[data-testid=layer-names]").contains(&name));
    let all = page.values("[data-testid=offering][data-type='WMTS-TMS'] .copy input");
    let address = all.iter().find(|a| a.to_lowercase().contains("wmts")).unwrap_or_else(|| panic!("{all:?}"));
    let capabilities = fetch(&format!("{}?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetCapabilities", service(address)));
    let capabilities = String::from_utf8_lossy(&capabilities).into_owned();
    assert!(capabilities.contains("<TileMatrix>16</TileMatrix>"), "{capabilities}");
    assert!(!capabilities.contains("<TileMatrixLimits><TileMatrix>17</TileMatrix>"), "no finer level was made");
}
