//! Every folder under `tests/scenarios` is a story, played natively and through the component.
//!
//! `transcript.snap` beside the story is what happened; `INSTA_UPDATE=always cargo test` writes it anew.

use std::path::{Path, PathBuf};

use host_harness::artifact::workspace;

use crate::stage::{Play, Stage};
use crate::story::Story;

fn stories() -> Vec<PathBuf> {
    let folder = workspace().join("tests/scenarios");
    let mut stories: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of scenarios")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.join("story.toml").is_file())
        .collect();
    stories.sort();
    stories
}

fn name(path: &Path) -> String {
    path.file_name().expect("a folder has a name").to_string_lossy().into_owned()
}

#[test]
fn there_are_enough_stories() {
    assert!(stories().len() >= 25, "{} stories", stories().len());
}

/// One test for all, because a story is a folder and not a function; each is named where it fails.
#[test]
fn every_story_leaves_its_transcript_natively_and_through_the_component() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let plays: Vec<_> = stories()
        .into_iter()
        .map(|path| {
            runtime.spawn(async move {
                let story = Story::read(&path);
                let native = Stage::play(&story, Play::Native).await;
                let component = Stage::play(&story, Play::Component).await;
                (path, native, component)
            })
        })
        .collect();
    let mut differing = Vec::new();
    for play in plays {
        let (path, native, component) = runtime.block_on(play).unwrap_or_else(|error| panic!("{error}"));
        if native != component {
            differing.push(format!("{}:\n--- native\n{native}\n--- component\n{component}", name(&path)));
        }
        insta::with_settings!({
            snapshot_path => path.clone(), prepend_module_to_snapshot => false, omit_expression => true,
        }, {
            insta::assert_snapshot!("transcript", component);
        });
    }
    assert!(differing.is_empty(), "the two ways of playing differ:\n{}", differing.join("\n"));
}
