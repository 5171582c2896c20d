//! What the compiler does not check: the direction of dependencies, money without floats, documents that
//! keep step with the code, files that stay short.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use host_harness::artifact::workspace;

/// Which modules of the core each module may use. Everything else is an arrow in the wrong direction.
const CORE_ARROWS: [(&str, &[&str]); 9] = [
    ("canonical", &[]),
    ("finding", &[]),
    ("limits", &[]),
    ("settings", &["canonical", "finding", "limits"]),
    ("remote", &["finding", "host", "limits"]),
    ("host", &["remote"]),
    ("amazon", &["canonical", "finding", "limits", "remote"]),
    ("kashflow", &["canonical", "finding", "limits", "remote"]),
    ("mapping", &["canonical", "finding", "limits", "settings"]),
];

/// Orchestration names neither side; `events` is the composition and may use everything.
const ORCHESTRATION_MAY_USE: [&str; 6] = ["canonical", "finding", "host", "limits", "mapping", "remote"];

/// Longer than this, a source file is several files.
const LINES_MAX: usize = 400;

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(workspace().join(folder))
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} has sources");
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code of a file without its comments.
fn code(path: &Path) -> String {
    read(path).lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_cores_modules_point_inward_only() {
    let mut wrong = Vec::new();
    let table = CORE_ARROWS.iter().copied().chain([("orchestration", &ORCHESTRATION_MAY_USE[..])]);
    for (module, allowed) in table {
        let root = "plugin/core/src";
        let folder = workspace().join(root).join(module);
        let files = if folder.is_dir() {
            rust_files(&format!("{root}/{module}"))
        } else {
            vec![folder.with_extension("rs")]
        };
        for file in files {
            for (number, line) in code(&file).lines().enumerate() {
                for used in line.split("crate::").skip(1) {
                    let name: String = used
                        .chars()
                        .take_while(|character| character.is_alphanumeric() || *character == '_')
                        .collect();
                    if name != module && !name.is_empty() && !allowed.contains(&name.as_str()) {
                        wrong.push(format!("{}:{}: {module} uses {name}", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows in the wrong direction:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_core_has_its_arrows() {
    let modules: BTreeSet<String> = read(&workspace().join("plugin/core/src/lib.rs"))
        .lines()
        .filter_map(|line| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned()))
        .collect();
    let known: BTreeSet<String> = CORE_ARROWS
        .iter()
        .map(|(module, _)| *module)
        .chain(["orchestration", "events"])
        .map(str::to_owned)
        .collect();
    assert_eq!(modules, known);
}

#[test]
fn the_core_has_no_float_no_clock_and_no_io() {
    let forbidden = [
        "f32",
        "f64",
        "std::time",
        "std::fs",
        "std::net",
        "std::env",
        "std::thread",
        "Utc::now",
        "rand::",
        "async fn",
    ];
    for file in rust_files("plugin/core/src") {
        let code = code(&file);
        for word in forbidden {
            let found = code.match_indices(word).any(|(index, _)| {
                let before = code[..index].chars().next_back();
                !before.is_some_and(|character| character.is_alphanumeric() || character == '_')
            });
            assert!(!found, "{} has `{word}`", file.display());
        }
    }
}

#[test]
fn the_twins_share_no_code_with_the_plugin() {
    for file in rust_files("host-harness/src/twin") {
        assert!(!code(&file).contains("plugin_core"), "{} uses the plugin's core", file.display());
    }
}

/// What shows how the plugin posts or compares is worked out by the plugin's own core: proofs of settlements, their rules,
/// and both sides of the stock. Everything else of the host is an independent witness, or knows nothing of the business.
#[test]
fn only_what_shows_the_plugins_own_view_uses_its_core() {
    let allowed = [
        "settlement_proof/",
        "command/rules.rs",
        "command/reconcile.rs",
        "command/reconcile/",
        "command/stock.rs",
        "command/stock/presentation.rs",
        // Their host: it lets the core look, and write nothing.
        "read_only_host.rs",
    ];
    let root = workspace().join("host-harness/src");
    let mut using = BTreeSet::new();
    for file in rust_files("host-harness/src").into_iter().filter(|file| code(file).contains("plugin_core")) {
        let path = file.strip_prefix(&root).expect("a file of the host").to_string_lossy().replace('\\', "/");
        let place = allowed.iter().find(|allowed| path.starts_with(**allowed));
        using.insert(*place.unwrap_or_else(|| panic!("{path} uses the plugin's core")));
    }
    assert_eq!(using, BTreeSet::from(allowed), "a place that does not use the core needs no leave to");
}

#[test]
fn every_code_is_explained_and_every_explanation_has_its_code() {
    let document = read(&workspace().join("docs/errors.md"));
    let explained: BTreeSet<String> = document
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .map(|line| line[..7].to_owned())
        .collect();
    let mut codes: BTreeSet<String> =
        plugin_core::finding::Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    codes.extend(host_harness::code::Code::all().iter().map(|code| code.code().to_owned()));
    codes.extend(host_harness::gateway::GatewayCode::all().iter().map(|code| code.code().to_owned()));
    assert_eq!(
        codes.difference(&explained).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "codes that docs/errors.md does not explain"
    );
    assert_eq!(
        explained.difference(&codes).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "explanations without a code"
    );
}

#[test]
fn every_code_of_the_plugin_is_used() {
    let sources: String = rust_files("plugin/core/src").iter().map(|file| code(file)).collect();
    for code in plugin_core::finding::Code::ALL {
        let uses = sources.matches(&format!("Code::{code:?}")).count();
        assert!(uses > 0, "{code} {code:?} is listed and nothing uses it");
    }
}

#[test]
fn files_stay_short_and_say_what_they_are() {
    for folder in ["plugin", "host-harness/src", "tests/guest", "tests/src"] {
        for file in rust_files(folder) {
            let text = read(&file);
            assert!(text.lines().count() <= LINES_MAX, "{} has more than {LINES_MAX} lines", file.display());
            assert!(text.starts_with("//!"), "{} does not begin with what it is for", file.display());
        }
    }
}

#[test]
fn nothing_is_left_for_later_in_silence() {
    for folder in ["plugin", "host-harness/src", "tests/guest", "tests/src"] {
        for file in rust_files(folder).into_iter().filter(|file| !file.ends_with("tidy.rs")) {
            let text = read(&file);
            for word in ["todo!(", "unimplemented!(", "FIXME", "#[ignore", "dbg!("] {
                assert!(!text.contains(word), "{} has {word}", file.display());
            }
        }
    }
}
