//! Which pyramid to make of images: grid, levels, compression, interpolation, mask, each with its
//! reason and what it will weigh. Grids come from the processing's own list. Choosing is pure.

use model::{Failure, GridOffer, Package, PackageRaster, PyramidPlan, PyramidReason, PyramidWish};
use platform::wire::{Processing, StoredData, Tms, known, tags};
use platform::{Client, Query};
use serde_json::{Map, Value, json};

use crate::failure;

/// Side of a tile, in pixels.
const SIDE: f64 = 256.0;
/// Metres in a degree of latitude.
const DEGREE: f64 = 111_320.0;
const MERCATOR: &str = "EPSG:3857";

/// What the platform offers: its processing's values, and the grids it names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Offered {
    pub grids: Vec<Tms>,
    pub compressions: Vec<String>,
    pub interpolations: Vec<String>,
}

/// How fast a processing of this datastore went, over its last runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    pub runs: u64,
    /// Of what is made; a run's beginning and end are in it.
    pub bytes_per_second: f64,
}

/// Measures the last pyramids made here from images; nothing where there is none to measure.
///
/// # Errors
/// The platform's refusal.
pub async fn speed(client: &Client, datastore: &str) -> Result<Option<Speed>, Failure> {
    const MOST: usize = 5;
    let told = |e| failure::refused(&e);
    let query = Query::new().with("type", "ROK4-PYRAMID-RASTER").with("status", "GENERATED");
    let made = client.stored_data_list(datastore, &query.fields(&["size", "tags"])).await.map_err(told)?;
    let of = |data: &StoredData| data.tags.get(tags::PROC_INT_ID).cloned().zip(data.size.filter(|s| *s > 0));
    let (mut runs, mut bytes, mut seconds) = (0, 0.0, 0.0);
    for (execution, size) in made.iter().rev().filter_map(of).take(MOST) {
        // one that is gone measures nothing
        let Ok(run) = client.execution(datastore, &execution).await else { continue };
        let when = |text: Option<String>| text.and_then(|t| t.parse::<jiff::Timestamp>().ok());
        let Some((start, finish)) = when(run.start).zip(when(run.finish)) else { continue };
        let lasted = (finish - start).as_secs_f64();
        if lasted > 0.0 {
            runs += 1;
            #[expect(clippy::cast_precision_loss, reason = "a forecast")]
            let size = size as f64;
            bytes += size;
            seconds += lasted;
        }
    }
    Ok((runs > 0).then(|| Speed { runs, bytes_per_second: bytes / seconds }))
}

/// Reads what the datastore's own processing offers.
///
/// # Errors
/// The platform's refusal, or that the datastore has no processing for rasters.
pub async fn offered(client: &Client, datastore: &str) -> Result<Offered, Failure> {
    let told = |e| failure::refused(&e);
    let all = client.processings(datastore, &Query::new().fields(&["name"])).await.map_err(told)?;
    let known = all.iter().find(|p| p.id == known::RASTER_PYRAMID).map(|p| p.id.clone());
    let processing = match known {
        Some(id) => client.processing(datastore, &id).await.map_err(told)?,
        None => by_types(client, datastore, &all).await?,
    };
    let values = |name: &str| -> Vec<String> {
        let own = processing.parameters.iter().find(|p| p["name"] == name);
        let list = own.and_then(|p| p["constraints"]["enum"].as_array());
        list.into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
    };
    let mut grids = Vec::new();
    for name in values("tms") {
        // a grid that the list names and nobody describes cannot be reckoned with
        if let Ok(mut grid) = client.tms(&name).await {
            grid.id = name;
            grids.push(grid);
        }
    }
    Ok(Offered { grids, compressions: values("compression"), interpolations: values("interpolation") })
}

async fn by_types(client: &Client, datastore: &str, all: &[Processing]) -> Result<Processing, Failure> {
    for one in all {
        let whole = client.processing(datastore, &one.id).await.map_err(|e| failure::refused(&e))?;
        let takes = whole.input_types.upload.as_array().is_some_and(|u| u.iter().any(|t| t == "RASTER"));
        if takes && whole.output_type.stored_data == "ROK4-PYRAMID-RASTER" {
            return Ok(whole);
        }
    }
    Err(failure::processing_missing("RASTER → ROK4-PYRAMID-RASTER"))
}

/// The parameters that ask the processing for a plan.
pub(crate) fn parameters(plan: &PyramidPlan) -> Map<String, Value> {
    let asked = json!({
        "tms": plan.grid, "compression": plan.compression, "interpolation": plan.interpolation,
        "bottom": plan.bottom.to_string(), "top": plan.top.to_string(), "mask": plan.mask,
        "parallelization": 4,
    });
    asked.as_object().cloned().unwrap_or_default()
}

/// Size on the ground of a pixel of a level, in metres.
fn ground(grid: &Tms, resolution: f64, latitude: f64) -> f64 {
    let across = latitude.to_radians().cos();
    match grid.srs.as_deref() {
        Some(MERCATOR) => resolution * across,
        Some("EPSG:4326") => resolution * DEGREE * across.sqrt(),
        _ => resolution,
    }
}

/// The level nearest to the images, by ratio: never finer than them by more than half a level.
fn nearest(grid: &Tms, raster: &PackageRaster) -> Option<(u8, f64)> {
    let sized = grid
        .levels
        .iter()
        .filter_map(|l| Some((l.id.parse::<u8>().ok()?, ground(grid, l.resolution, raster.latitude))));
    sized.min_by(|a, b| {
        let far = |size: f64| (size / raster.resolution).ln().abs();
        far(a.1).total_cmp(&far(b.1))
    })
}

fn bad(fr: String, en: String) -> Failure {
    Failure::new("PYRAMID_CHOICE", fr, en)
}

fn reason(about: &str, fr: impl Into<String>, en: impl Into<String>) -> PyramidReason {
    PyramidReason { about: about.to_owned(), text: [fr.into(), en.into()] }
}

/// The pyramid for a package of images.
///
/// # Errors
/// A wish that the platform does not offer, or that the images cannot have.
pub fn choose(package: &Package, offered: &Offered, wish: &PyramidWish) -> Result<PyramidPlan, Failure> {
    choose_for(&package.srs, package.raster.as_ref().ok_or_else(size_unknown)?, offered, wish)
}

/// That no pyramid can be chosen for images that do not say how large their pixels are.
#[must_use]
pub fn size_unknown() -> Failure {
    bad(
        "La taille des pixels des images n’est pas connue : la pyramide ne peut pas être choisie.".to_owned(),
        "The size of the images' pixels is not known: no pyramid can be chosen.".to_owned(),
    )
}

/// As [`choose`], of images that are not packaged yet.
///
/// # Errors
/// As [`choose`].
pub fn choose_for(
    srs: &str,
    raster: &PackageRaster,
    offered: &Offered,
    wish: &PyramidWish,
) -> Result<PyramidPlan, Failure> {
    let values = raster.kind != "Byte";
    let (grid, why_grid) = grid(srs, raster, offered, wish, values)?;
    let (compression, why_compression) = compression(raster, offered, wish, values)?;
    let (interpolation, why_interpolation) = interpolation(offered, wish, values)?;
    let (near, _) = nearest(grid, raster).ok_or_else(|| failure::processing_missing("TMS"))?;
    let levels: Vec<u8> = grid.levels.iter().filter_map(|l| l.id.parse().ok()).collect();
    let has = |level: u8| {
        if levels.contains(&level) {
            return Ok(level);
        }
        let last = levels.iter().max().copied().unwrap_or(0);
        Err(bad(
            format!("Le niveau {level} n’existe pas dans la grille {} (0 à {last}).", grid.id),
            format!("Level {level} does not exist in the grid {} (0 to {last}).", grid.id),
        ))
    };
    let bottom = has(wish.bottom.unwrap_or(near))?;
    let top = has(wish.top.unwrap_or(0))?;
    if top > bottom {
        return Err(bad(
            format!("Le niveau du haut ({top}) est plus détaillé que celui du bas ({bottom})."),
            format!("The top level ({top}) is more detailed than the bottom one ({bottom})."),
        ));
    }
    let size = grid
        .levels
        .iter()
        .find(|l| l.id == bottom.to_string())
        .map_or(0.0, |l| ground(grid, l.resolution, raster.latitude));
    let (own, other) = (short(raster.resolution), short(size));
    let mut why_levels = (
        format!("le niveau {bottom} a des pixels de {other} m au sol, les images de {own} m").replace('.', ","),
        format!("level {bottom} has pixels of {other} m on the ground, the images of {own} m"),
    );
    if raster.resolution / size > std::f64::consts::SQRT_2 * 1.01 {
        why_levels.0.push_str(" : plus fin que les images, donc plus lourd sans rien montrer de plus");
        why_levels.1.push_str(": finer than the images, so heavier and showing nothing more");
    }
    let mask = wish.mask.unwrap_or(raster.alpha);
    let why_mask = if mask {
        (
            "les mises à jour et les fusions sauront où il y a des données",
            "updates and merges will know where there are data",
        )
    } else {
        (
            "sans mise à jour prévue ; demandez-le si des images doivent s’ajouter",
            "no update is planned; ask for it when images will be added",
        )
    };
    let (tiles, bytes) = weight(raster, size, &compression, bottom, top, mask);
    Ok(PyramidPlan {
        grid: grid.id.clone(),
        compression,
        interpolation,
        top,
        bottom,
        mask,
        resolution: size,
        tiles,
        bytes,
        reasons: vec![
            reason("grid", why_grid.0, why_grid.1),
            reason("compression", why_compression.0, why_compression.1),
            reason("interpolation", why_interpolation.0, why_interpolation.1),
            reason("levels", why_levels.0, why_levels.1),
            reason("mask", why_mask.0, why_mask.1),
        ],
        grids: offered
            .grids
            .iter()
            .filter_map(|g| {
                let (bottom, resolution) = nearest(g, raster)?;
                Some(GridOffer { id: g.id.clone(), srs: g.srs.clone().unwrap_or_default(), bottom, resolution })
            })
            .collect(),
    })
}

fn short(metres: f64) -> String {
    let digits = if metres < 10.0 { 2 } else { 0 };
    format!("{metres:.digits$}")
}

type Why = (String, String);

fn why(fr: &str, en: &str) -> Why {
    (fr.to_owned(), en.to_owned())
}

fn asked() -> Why {
    why("à votre demande", "as you asked")
}

fn not_offered(what: [&str; 2], wanted: &str, all: &[String]) -> Failure {
    let list = all.join(", ");
    bad(
        format!("{} « {wanted} » n’est pas offerte par la plateforme : {list}.", what[0]),
        format!("The {} `{wanted}` is not offered by the platform: {list}.", what[1]),
    )
}

fn grid<'a>(
    own_srs: &str,
    raster: &PackageRaster,
    offered: &'a Offered,
    wish: &PyramidWish,
    values: bool,
) -> Result<(&'a Tms, Why), Failure> {
    if let Some(wanted) = &wish.grid {
        let found = offered.grids.iter().find(|g| g.id == *wanted);
        let all: Vec<String> = offered.grids.iter().map(|g| g.id.clone()).collect();
        return found.map(|g| (g, asked())).ok_or_else(|| not_offered(["La grille", "grid"], wanted, &all));
    }
    let own = |g: &&Tms| {
        let srs = g.srs.as_deref().unwrap_or_default();
        srs == own_srs || raster.twin.as_deref() == Some(srs)
    };
    if values {
        let far =
            |g: &&Tms| nearest(g, raster).map_or(f64::INFINITY, |(_, size)| (size / raster.resolution).ln().abs());
        if let Some(grid) = offered.grids.iter().filter(own).min_by(|a, b| far(a).total_cmp(&far(b))) {
            let text = why(
                "dans le système des données : aucune valeur n’est déplacée par une projection",
                "in the data's own CRS: no value is moved by a projection",
            );
            return Ok((grid, text));
        }
    }
    let everywhere = offered.grids.iter().find(|g| g.id == "PM");
    if let Some(grid) = everywhere {
        return Ok((grid, why("se superpose à toutes les cartes du web", "lies over every map of the web")));
    }
    let first = offered.grids.first().ok_or_else(|| failure::processing_missing("TMS"))?;
    Ok((first, why("la première que la plateforme offre", "the first that the platform offers")))
}

fn compression(
    raster: &PackageRaster,
    offered: &Offered,
    wish: &PyramidWish,
    values: bool,
) -> Result<(String, Why), Failure> {
    let (chosen, text) = if values {
        ("zip", why("des valeurs, gardées exactes ; un style les montre", "values, kept exact; a style shows them"))
    } else if raster.alpha && matches!(raster.bands, 1 | 3) {
        (
            "png",
            why(
                "les images ont de la transparence ; environ 10 fois plus lourd que jpg",
                "the images have transparency; about 10 times heavier than jpg",
            ),
        )
    } else if raster.bands == 3 {
        ("jpg", why("trois canaux de couleurs, sans transparence", "three channels of colours, no transparency"))
    } else if raster.bands == 1 {
        ("png", why("un seul canal, gardé sans perte", "one channel, kept without loss"))
    } else {
        (
            "zip",
            why(
                "un nombre de canaux que jpg et png n’acceptent pas",
                "a number of channels that jpg and png do not take",
            ),
        )
    };
    let Some(wanted) = &wish.compression else { return Ok((chosen.to_owned(), text)) };
    if !offered.compressions.contains(wanted) {
        return Err(not_offered(["La compression", "compression"], wanted, &offered.compressions));
    }
    let fits = match wanted.as_str() {
        "jpg" | "jpg90" => !values && !raster.alpha && matches!(raster.bands, 1 | 3),
        "png" => !values && matches!(raster.bands, 1 | 3),
        _ => true,
    };
    if !fits {
        let channels = raster.bands + u32::from(raster.alpha);
        let kind = &raster.kind;
        return Err(bad(
            format!("La compression {wanted} ne convient pas à ces images : {channels} canal(aux) de type {kind}, transparence {}.", if raster.alpha { "oui" } else { "non" }),
            format!("The compression {wanted} does not suit these images: {channels} channel(s) of type {kind}, transparency {}.", if raster.alpha { "yes" } else { "no" }),
        )
        .hint(format!("`{chosen}` convient."), format!("`{chosen}` does.")));
    }
    Ok((wanted.clone(), asked()))
}

fn interpolation(offered: &Offered, wish: &PyramidWish, values: bool) -> Result<(String, Why), Failure> {
    match &wish.interpolation {
        Some(wanted) if !offered.interpolations.contains(wanted) => {
            Err(not_offered(["L’interpolation", "interpolation"], wanted, &offered.interpolations))
        }
        Some(wanted) => Ok((wanted.clone(), asked())),
        None if values => {
            Ok(("nn".to_owned(), why("chaque valeur est une de celles du fichier", "each value is one of the file's")))
        }
        None => Ok(("bicubic".to_owned(), why("des images nettes", "sharp pictures"))),
    }
}

/// About how many tiles, and bytes.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a forecast")]
fn weight(raster: &PackageRaster, size: f64, compression: &str, bottom: u8, top: u8, mask: bool) -> (u64, u64) {
    let area = raster.pixels as f64 * (raster.resolution / size).powi(2);
    // tiles at the border are not full
    let side = (area / SIDE / SIDE).sqrt();
    let (mut tiles, mut level, mut across) = (0.0, bottom, side);
    loop {
        tiles += (across + 1.0).powi(2);
        if level == top {
            break;
        }
        level -= 1;
        across /= 2.0;
    }
    let channels = f64::from(raster.bands) + f64::from(u8::from(raster.alpha));
    // bits a pixel of aerial photographs and terrain, as measured
    let own = match compression {
        "jpg" => 0.07 * channels,
        "jpg90" => 0.11 * channels,
        "png" => 0.75 * channels,
        _ if raster.kind == "Byte" => 0.8 * channels,
        _ => 2.2 * channels,
    };
    let bytes = area * 4.0 / 3.0 * (own + if mask { 0.005 } else { 0.0 });
    (tiles as u64, bytes as u64)
}

/// The plan in a line, French first: what is told before anything is sent.
#[must_use]
pub fn told(plan: &PyramidPlan) -> [String; 2] {
    let PyramidPlan { grid, compression, interpolation, top, bottom, .. } = plan;
    let megabytes = plan.bytes.div_ceil(1_000_000);
    let tiles = plan.tiles;
    let masks = if plan.mask { [", masques", ", masks"] } else { ["", ""] };
    [
        format!(
            "pyramide : grille {grid}, niveaux {top} à {bottom}, {compression}, {interpolation}{} ; environ {tiles} tuiles, {megabytes} Mo",
            masks[0]
        ),
        format!(
            "pyramid: grid {grid}, levels {top} to {bottom}, {compression}, {interpolation}{}; about {tiles} tiles, {megabytes} MB",
            masks[1]
        ),
    ]
}

#[cfg(test)]
mod tests {
    use model::{PackageKind, PackageOrigin};
    use platform::wire::TmsLevel;

    use super::*;

    fn grid(id: &str, srs: &str, largest: f64, levels: u8) -> Tms {
        let levels =
            (0..levels).map(|l| TmsLevel { id: l.to_string(), resolution: largest / 2_f64.powi(i32::from(l)) });
        Tms { id: id.to_owned(), srs: Some(srs.to_owned()), levels: levels.collect() }
    }

    fn offered() -> Offered {
        Offered {
            grids: vec![
                grid("PM", MERCATOR, 156_543.033_928_041, 22),
                grid("4326", "EPSG:4326", 0.703_125, 20),
                grid("LAMB93_10cm", "IGNF:LAMB93", 209_715.2, 22),
                grid("LAMB93_50cm", "IGNF:LAMB93", 131_072.0, 19),
            ],
            compressions: ["jpg", "png", "zip", "jpg90"].map(str::to_owned).into(),
            interpolations: ["nn", "linear", "bicubic"].map(str::to_owned).into(),
        }
    }

    fn package(bands: u32, alpha: bool, kind: &str, resolution: f64) -> Package {
        Package {
            zone: None,
            name: "p".to_owned(),
            kind: PackageKind::Raster,
            srs: "EPSG:2154".to_owned(),
            files: Vec::new(),
            layers: Vec::new(),
            extent_wgs84: None,
            fingerprint: String::new(),
            origin: PackageOrigin::Untouched,
            raster: Some(PackageRaster {
                images: 2,
                pixels: 8_000_000,
                bands,
                alpha,
                kind: kind.to_owned(),
                nodata: None,
                resolution,
                latitude: 46.14,
                twin: Some("IGNF:LAMB93".to_owned()),
            }),
        }
    }

    #[test]
    fn photographs_values_and_transparency_each_get_what_suits_them() {
        let plan = |p: &Package| choose(p, &offered(), &PyramidWish::default()).expect("a plan");
        let told = |p: &PyramidPlan| (p.grid.clone(), p.compression.clone(), p.interpolation.clone(), p.bottom, p.mask);
        let of = |g: &str, c: &str, i: &str, b, m| (g.to_owned(), c.to_owned(), i.to_owned(), b, m);
        assert_eq!(told(&plan(&package(3, false, "Byte", 0.5))), of("PM", "jpg", "bicubic", 18, false));
        assert_eq!(told(&plan(&package(3, true, "Byte", 0.2))), of("PM", "png", "bicubic", 19, true));
        assert_eq!(told(&plan(&package(1, false, "Float32", 0.5))), of("LAMB93_50cm", "zip", "nn", 18, false));
        assert_eq!(told(&plan(&package(1, false, "Float32", 0.1))).0, "LAMB93_10cm");
        assert_eq!(told(&plan(&package(4, false, "Byte", 0.5))).1, "zip");
    }

    #[test]
    fn no_level_is_finer_than_the_images_by_more_than_half_a_level() {
        for hundredths in 4..3000_u32 {
            let resolution = f64::from(hundredths) / 100.0;
            let plan =
                choose(&package(3, false, "Byte", resolution), &offered(), &PyramidWish::default()).expect("a plan");
            assert!(resolution / plan.resolution <= std::f64::consts::SQRT_2 + 1e-9, "{resolution}: {plan:?}");
        }
    }

    #[test]
    fn images_that_are_not_packaged_yet_get_the_same_plan() {
        let package = package(3, false, "Byte", 0.5);
        let wish = PyramidWish::default();
        let early = choose_for(&package.srs, package.raster.as_ref().expect("images"), &offered(), &wish);
        assert_eq!(early.expect("a plan"), choose(&package, &offered(), &wish).expect("a plan"));
        let unsized_ = Package { raster: None, ..package };
        assert_eq!(choose(&unsized_, &offered(), &wish).expect_err("refused").code, "PYRAMID_CHOICE");
    }

    #[test]
    fn a_wish_is_followed_when_the_platform_and_the_images_allow_it() {
        let wish = |wish: PyramidWish| choose(&package(3, false, "Byte", 0.5), &offered(), &wish);
        let text = |t: &str| Some(t.to_owned());
        let plan = wish(PyramidWish {
            grid: text("LAMB93_50cm"),
            compression: text("jpg90"),
            interpolation: text("linear"),
            top: Some(5),
            bottom: Some(17),
            mask: Some(true),
        })
        .expect("a plan");
        assert_eq!((plan.grid.as_str(), plan.top, plan.bottom, plan.mask), ("LAMB93_50cm", 5, 17, true));
        for refused in [
            PyramidWish { grid: text("2154_1cm"), ..PyramidWish::default() },
            PyramidWish { compression: text("webp"), ..PyramidWish::default() },
            PyramidWish { bottom: Some(40), ..PyramidWish::default() },
            PyramidWish { top: Some(18), bottom: Some(3), ..PyramidWish::default() },
        ] {
            assert_eq!(wish(refused).expect_err("refused").code, "PYRAMID_CHOICE");
        }
        let values = package(1, false, "Float32", 5.0);
        let jpeg = PyramidWish { compression: text("jpg"), ..PyramidWish::default() };
        assert!(choose(&values, &offered(), &jpeg).expect_err("refused").message[1].contains("Float32"));
    }
}
