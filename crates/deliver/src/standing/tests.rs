//! The table of what comes next, one case a line.

use super::*;
use crate::facts::{ConfigurationFacts, DataFacts, OfferingFacts};

fn upload(status: UploadStatus) -> UploadFacts {
    UploadFacts { id: "u".into(), status, tagged: true, md5_sent: true, ..UploadFacts::default() }
}

fn product(status: StoredDataStatus, run: Option<RunState>) -> ProductFacts {
    let data = Some(DataFacts { id: "d".into(), status, tagged: true });
    ProductFacts { execution: Some("e".into()), run, data, leftover: false }
}

fn line(upload: Option<UploadFacts>, data: ProductFacts) -> LineFacts {
    LineFacts { upload, data, ..LineFacts::default() }
}

fn of(line: LineFacts) -> Standing {
    standing(&Facts { lines: vec![line], services: Vec::new() }, Step::Publish)
}

use Deed::*;
use Standing::{Done, Failed, ToDo, Waiting};

#[test]
fn an_upload_is_made_tagged_filled_signed_closed_and_waited_for() {
    let none = ProductFacts::default;
    let open = || upload(UploadStatus::Open);
    let pending = UploadFacts { checks_pending: true, ..upload(UploadStatus::Closed) };
    let failed = UploadFacts { checks_failed: true, ..upload(UploadStatus::Closed) };
    let leftover = UploadFacts { leftover: true, ..upload(UploadStatus::Unstable) };
    for (facts, expected) in [
        (None, ToDo(CreateUpload(0))),
        (Some(UploadFacts { tagged: false, to_send: 2, ..open() }), ToDo(TagUpload(0))),
        (Some(UploadFacts { to_send: 2, md5_sent: false, ..open() }), ToDo(SendFiles(0))),
        (Some(UploadFacts { md5_sent: false, ..open() }), ToDo(SendMd5(0))),
        (Some(open()), ToDo(CloseUpload(0))),
        // right after closing the lists are empty: the status alone keeps us waiting
        (Some(upload(UploadStatus::Checking)), Waiting(Step::Check)),
        (Some(pending), Waiting(Step::Check)),
        (Some(failed), Failed(Trouble::Checks(0))),
        (Some(upload(UploadStatus::Unstable)), Failed(Trouble::Checks(0))),
        (Some(leftover), ToDo(DiscardUpload(0))),
        (Some(upload(UploadStatus::Closed)), ToDo(CreateRun(0, Product::Data))),
        (Some(upload(UploadStatus::Other("FROZEN".into()))), Waiting(Step::Check)),
    ] {
        assert_eq!(of(line(facts.clone(), none())), expected, "{facts:?}");
    }
}

#[test]
fn a_product_is_tagged_launched_waited_for_and_its_failure_told_once() {
    use StoredDataStatus::{Created, Generated, Generating, Unstable};
    let closed = || Some(upload(UploadStatus::Closed));
    let untagged = |status, run| {
        let mut facts = product(status, run);
        facts.data.as_mut().unwrap().tagged = false;
        facts
    };
    let leftover = ProductFacts { leftover: true, ..product(Unstable, Some(RunState::Failed)) };
    let trouble = Failed(Trouble::Processing(0, Product::Data));
    for (facts, expected) in [
        (untagged(Created, Some(RunState::Created)), ToDo(TagProduct(0, Product::Data))),
        (product(Created, Some(RunState::Created)), ToDo(Launch(0, Product::Data))),
        (product(Generating, Some(RunState::Running)), Waiting(Step::Process)),
        (product(Generating, Some(RunState::Succeeded)), Waiting(Step::Process)),
        (product(Generating, Some(RunState::Failed)), trouble),
        (product(Unstable, None), trouble),
        (leftover, ToDo(DiscardProduct(0, Product::Data))),
        (untagged(Generated, None), ToDo(TagProduct(0, Product::Data))),
        (product(Generated, None), ToDo(SaveTree(0))),
    ] {
        assert_eq!(of(line(closed(), facts.clone())), expected, "{facts:?}");
    }
}

#[test]
fn safe_data_lets_the_upload_go_unless_it_is_to_be_kept() {
    let safe = || product(StoredDataStatus::Generated, None);
    let saved = UploadFacts { tree_saved: true, ..upload(UploadStatus::Closed) };
    assert_eq!(of(line(Some(saved.clone()), safe())), ToDo(DeleteUpload(0)));
    assert_eq!(of(LineFacts { keep_upload: true, ..line(Some(saved.clone()), safe()) }), Done);
    assert_eq!(of(LineFacts { describe: true, ..line(Some(saved), safe()) }), ToDo(Describe(0)));
    assert_eq!(of(line(None, safe())), Done);
    let pyramid = |facts| of(LineFacts { pyramid: Some(facts), ..line(None, safe()) });
    assert_eq!(pyramid(ProductFacts::default()), ToDo(CreateRun(0, Product::Pyramid)));
    assert_eq!(pyramid(safe()), Done);
}

#[test]
fn a_service_is_configured_tagged_offered_and_pushed_again_when_its_data_change() {
    use OfferingStatus::{Modifying, Published, Publishing, Unpublished, Unpublishing, Unstable};
    let configuration = |ours, serves, tagged| Some(ConfigurationFacts { id: "c".into(), ours, serves, tagged });
    let offering = |status| Some(OfferingFacts { id: "o".into(), status });
    let facts = |configuration, offering| ServiceFacts { configuration, offering, ..ServiceFacts::default() };
    let ready = || configuration(true, true, true);
    let cases = [
        (ServiceFacts { styles_missing: 1, ..ServiceFacts::default() }, ToDo(AddStyle(0))),
        (facts(None, None), ToDo(CreateConfiguration(0))),
        (facts(configuration(false, true, false), None), Failed(Trouble::LayerNameTaken(0))),
        (facts(configuration(true, true, false), None), ToDo(TagConfiguration(0))),
        (facts(ready(), None), ToDo(Offer(0))),
        (facts(ready(), offering(Publishing)), Waiting(Step::Publish)),
        (facts(ready(), offering(Published)), Done),
        (facts(configuration(true, false, true), offering(Published)), ToDo(ReplaceConfiguration(0))),
        (facts(configuration(true, true, false), offering(Published)), ToDo(Synchronise(0))),
        (facts(ready(), offering(Modifying)), Waiting(Step::Publish)),
        (facts(ready(), offering(Unstable)), Failed(Trouble::Publication(0))),
        (ServiceFacts { leftover: true, ..facts(ready(), offering(Unstable)) }, ToDo(Synchronise(0))),
        (facts(ready(), offering(Unpublishing)), Waiting(Step::Publish)),
        (facts(ready(), offering(Unpublished)), ToDo(RemoveOffering(0))),
    ];
    for (service, expected) in cases {
        let all = Facts { lines: Vec::new(), services: vec![service.clone()] };
        assert_eq!(standing(&all, Step::Publish), expected, "{service:?}");
    }
}

#[test]
fn of_two_packages_the_earliest_deed_comes_first_and_a_failure_before_all() {
    let waiting = || line(Some(upload(UploadStatus::Checking)), ProductFacts::default());
    let fresh = || line(None, ProductFacts::default());
    let both = |lines| standing(&Facts { lines, services: Vec::new() }, Step::Publish);
    assert_eq!(both(vec![waiting(), fresh()]), ToDo(CreateUpload(1)));
    assert_eq!(both(vec![waiting(), waiting()]), Waiting(Step::Check));
    let failed = line(Some(upload(UploadStatus::Unstable)), ProductFacts::default());
    assert_eq!(both(vec![fresh(), failed]), Failed(Trouble::Checks(1)));
}

#[test]
fn a_journey_that_ends_early_stops_there() {
    let closed =
        Facts { lines: vec![line(Some(upload(UploadStatus::Closed)), ProductFacts::default())], services: vec![] };
    assert_eq!(standing(&closed, Step::Check), Done);
    assert_eq!(standing(&closed, Step::Process), ToDo(CreateRun(0, Product::Data)));
    let open = Facts { lines: vec![line(Some(upload(UploadStatus::Open)), ProductFacts::default())], services: vec![] };
    assert_eq!(standing(&open, Step::Upload), Done);
}
