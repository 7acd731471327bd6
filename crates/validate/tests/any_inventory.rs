//! Whatever an inventory says, judging it ends, and ends the same twice: headers lie, numbers are no
//! numbers, names hold anything.

mod making;

use std::sync::Arc;

use model::{
    AccountFacts, Code, ColumnFound, Confidence, Crs, DataModel, DenseTile, Encoding, EncodingCandidate, EndpointRoom,
    Extent, Faulty, Field, GeometryCount, Inventory, Kind, Layer, Level, PackageKind, Problem, Service, SourceFile,
    StorageRoom, TileForecast, TileZoom, ValueFault, ValueScan, Wanted,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use quai_validate::{Expectations, Language, preflight, report, shipped_model, validate};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        Just("BÃ¢timent".to_owned()),
        Just("a.zip/b/c.csv".to_owned()),
        Just("__x.update.csv".to_owned()),
        Just("xmin".to_owned()),
        Just("ZONE_URBA".to_owned()),
    ]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), -200.0..200.0_f64, Just(f64::NAN), Just(f64::INFINITY), Just(1e300)]
}

fn extent() -> impl Strategy<Value = Extent> {
    [number(), number(), number(), number()].prop_map(Extent::from)
}

fn faulty() -> impl Strategy<Value = Faulty> {
    (any::<i64>(), text(), of([number(), number()]), of([number(), number()]), of(extent())).prop_map(
        |(feature, reason, point, point_wgs84, box_wgs84)| Faulty { feature, reason, point, point_wgs84, box_wgs84 },
    )
}

fn crs() -> impl Strategy<Value = Crs> {
    let code = prop_oneof![text(), Just("EPSG:2154".to_owned()), Just("EPSG:4326".to_owned())];
    (of(code), of(text()), text(), any::<bool>(), of(extent()), of(extent())).prop_map(
        |(code, twin, name, geographic, area_of_use, area_of_use_projected)| Crs {
            code,
            twin,
            name,
            confidence: Confidence::Unknown,
            candidates: Vec::new(),
            geographic,
            area_of_use,
            area_of_use_projected,
            wkt: None,
        },
    )
}

fn code() -> impl Strategy<Value = Code> {
    (0..Code::ALL.len()).prop_map(|at| Code::ALL[at])
}

fn values() -> impl Strategy<Value = ValueScan> {
    let fault = (code(), any::<u64>(), vec(faulty(), 0..3)).prop_map(|(code, count, features)| ValueFault {
        code,
        count,
        features,
    });
    let keys = of(vec((text(), any::<i64>()), 0..4));
    let column = (text(), text(), vec(fault, 0..3), keys).prop_map(|(column, field, faults, keys)| ColumnFound {
        column,
        field,
        faults,
        keys,
    });
    (text(), vec(column, 0..3)).prop_map(|(table, columns)| ValueScan { table, columns })
}

fn tiles() -> impl Strategy<Value = TileForecast> {
    let zoom = (any::<u8>(), any::<u64>(), any::<u64>(), any::<u64>()).prop_map(|(zoom, tiles, most, over)| TileZoom {
        zoom,
        tiles,
        most,
        over,
    });
    let worst = (any::<u8>(), any::<u32>(), any::<u64>(), extent()).prop_map(|(z, x, objects, box_wgs84)| DenseTile {
        z,
        x,
        y: x,
        objects,
        box_wgs84,
    });
    (vec(zoom, 0..4), vec(worst, 0..4)).prop_map(|(zooms, worst)| TileForecast { zooms, worst })
}

fn scan() -> impl Strategy<Value = model::Scan> {
    let counts = vec(any::<u64>(), 8);
    let lists = vec(vec(faulty(), 0..4), 4);
    let types = vec((text(), any::<u64>()), 0..4);
    (counts, lists, types, of(extent()), of(text()), of(tiles()), of(values())).prop_map(
        |(n, mut lists, types, extent, stopped, tiles, values)| model::Scan {
            read: n[0],
            null: n[1],
            empty: n[2],
            invalid: n[3],
            outside: n[4],
            most_vertices: n[5],
            complex: n[6],
            curves: n[7],
            invalid_features: lists.pop().unwrap_or_default(),
            outside_features: lists.pop().unwrap_or_default(),
            empty_features: lists.pop().unwrap_or_default(),
            complex_features: lists.pop().unwrap_or_default(),
            types: types.into_iter().map(|(geometry, features)| GeometryCount { geometry, features }).collect(),
            extent,
            stopped,
            tiles,
            values,
            ..model::Scan::default()
        },
    )
}

fn layer() -> impl Strategy<Value = Layer> {
    let geometry = prop_oneof![text(), Just("None".to_owned()), Just("Polygon Z".to_owned())];
    let field =
        (text(), text()).prop_map(|(name, kind)| Field { name, kind, width: None, nullable: None, unique: None });
    let encoding =
        (of(text()), of(text()), vec((text(), vec(text(), 0..3)), 0..3)).prop_map(|(name, declared, all)| {
            let candidates = all.into_iter().map(|(name, words)| EncodingCandidate { name, words }).collect();
            Encoding { name, declared, candidates }
        });
    (
        (text(), of(any::<u64>()), geometry, of(text())),
        (of(crs()), of(extent()), of(extent())),
        vec(field, 0..4),
        of(encoding),
        of(scan()),
    )
        .prop_map(|((name, features, geometry, column), (crs, extent, wgs84), fields, encoding, scan)| Layer {
            name,
            features,
            geometry,
            geometry_column: column,
            fid_column: None,
            crs,
            extent,
            extent_wgs84: wgs84,
            fields,
            encoding,
            scan,
        })
}

fn inventory() -> impl Strategy<Value = Inventory> {
    let kind = prop_oneof![Just(Kind::Vector), Just(Kind::Table), Just(Kind::Mixed), Just(Kind::Unreadable)];
    let driver = of(prop_oneof![text(), Just("CSV".to_owned()), Just("GeoJSON".to_owned()), Just("GPKG".to_owned())]);
    let problem = || {
        (code(), text(), vec((text(), text()), 0..2)).prop_map(|(code, message, values)| Problem {
            code,
            message,
            file: None,
            values,
        })
    };
    let file = (text(), any::<u64>()).prop_map(|(path, bytes)| SourceFile { path, bytes });
    (text(), kind, driver, any::<u64>(), vec(file, 0..3), vec(layer(), 0..3), of(problem()), vec(problem(), 0..2))
        .prop_map(|(path, kind, driver, bytes, files, layers, problem, warnings)| Inventory {
            path,
            kind,
            driver,
            bytes,
            files,
            layers,
            raster: None,
            raster_set: None,
            problem,
            warnings,
        })
}

fn services() -> impl Strategy<Value = Vec<Service>> {
    vec((0..Service::ALL.len()).prop_map(|at| Service::ALL[at]), 0..4)
}

fn model() -> impl Strategy<Value = Option<Arc<DataModel>>> {
    of(Just(Arc::new(shipped_model("cnig-plu-2013").unwrap_or_default())))
}

/// The strategies are wide: unoptimised, they need more stack than a test has.
fn with_room(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(test).expect("a thread");
    if let Err(fault) = thread.join() {
        std::panic::resume_unwind(fault);
    }
}

fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) }
}

#[test]
fn any_inventory_is_judged_and_reported_and_the_same_twice() {
    with_room(|| {
        let inventories = vec(inventory(), 0..3);
        proptest!(cases(), |(
            inventories in inventories,
            services in services(),
            srs in of(text()),
            area in of(extent()),
            model in model(),
            files in of(vec(text(), 0..3)),
        )| {
            let expectations = Expectations { declared_srs: srs, services, language: Language::Fr, area, model, files };
            let findings = validate(&inventories, &expectations);
            // a number that is none differs from itself, so texts are compared
            let text = |found: &[model::Finding]| format!("{found:?}");
            prop_assert_eq!(text(&findings), text(&validate(&inventories, &expectations)));
            for finding in &findings {
                prop_assert!(!finding.message.is_empty() && finding.count > 0 && finding.spots.len() <= 100);
            }
            let places = report::geojson(&findings);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&places).is_ok());
            let log = report::sarif(&findings, Language::En, "0");
            prop_assert!(serde_json::from_str::<serde_json::Value>(&log).is_ok());
            let page = report::html(&findings, "<x>", Language::Fr);
            let drawn = page.split("<table>").next().unwrap_or_default().split("viewBox").nth(1).unwrap_or_default();
            let titles_apart: String =
                drawn.split("<title>").map(|p| p.split_once("</title>").map_or(p, |(_, rest)| rest)).collect();
            prop_assert!(page.ends_with("</html>\n") && !titles_apart.contains("NaN") && !titles_apart.contains("\"inf"));
        });
    });
}

#[test]
fn any_account_gets_its_sentence() {
    with_room(|| {
        proptest!(cases(), |(
            names in vec(text(), 4),
            services in services(),
            numbers in vec(any::<u64>(), 5),
            open in any::<bool>(),
            rights in of(vec(text(), 0..3)),
        )| {
            let wanted = Wanted {
                datasheet: names[0].clone(),
                name: names[1].clone(),
                services,
                open,
                kinds: vec![PackageKind::Vector, PackageKind::Archive],
                bytes: numbers[0],
                estimated: numbers[4] % 2 == 0,
                tables: Vec::new(),
            };
            let storage = StorageRoom {
                kind: names[2].clone(),
                name: names[3].clone(),
                used: numbers[1],
                quota: Some(numbers[2]),
            };
            let endpoint = EndpointRoom {
                kind: "WFS".into(),
                name: names[3].clone(),
                open,
                used: numbers[3],
                quota: numbers[4],
            };
            let account = AccountFacts {
                active: open,
                rights,
                storages: vec![storage.clone()],
                uploads: Some(storage),
                endpoints: vec![endpoint],
                layer_name: names[1].clone(),
                ..AccountFacts::default()
            };
            let told = preflight(&wanted, &account, Vec::new(), Language::En);
            prop_assert!(told.message.iter().all(|m| !m.is_empty()));
            prop_assert_eq!(told.works, told.findings.iter().all(|f| f.level != Level::Blocks));
        });
    });
}
