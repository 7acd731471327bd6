//! The reference page of the sandbox says what the sandbox does.

#[test]
fn the_page_names_every_switch_and_every_missing_route() {
    let page = include_str!("../../../docs/reference/sandbox.md");
    let switches = serde_json::to_value(quai_sandbox::Switches::default()).expect("JSON");
    for name in switches.as_object().expect("an object").keys() {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
    let missing: Vec<String> =
        quai_sandbox::unimplemented().iter().map(|(method, path)| format!("- `{method} {path}`")).collect();
    let listed: Vec<&str> = page.lines().filter(|l| l.starts_with("- `") && l.ends_with('`')).collect();
    assert_eq!(listed, missing);
    let offered = quai_sandbox::routes().len() - missing.len();
    assert!(page.contains(&format!("answers {offered} of the {}", quai_sandbox::routes().len())));
}
