//! Every folder under `tests/scenarios` is a story, played natively and through the component.
//!
//! `transcript.snap` beside the story is what happened; `INSTA_UPDATE=always cargo test scenarios` writes it
//! anew. Read it before you keep it: it says what the books should hold.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use host_harness::artifact::workspace;

use crate::stage::{Play, Stage, host};
use crate::story::Story;

/// Folders with a story, in order. Whatever else lies there is a story that would never be played.
pub(crate) fn stories() -> Vec<PathBuf> {
    let folder = workspace().join("tests/scenarios");
    let mut stories: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of scenarios")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    stories.sort();
    for story in &stories {
        assert!(story.join("story.toml").is_file(), "{} has no story.toml", story.display());
    }
    stories
}

fn name(path: &Path) -> String {
    path.file_name().expect("a folder has a name").to_string_lossy().into_owned()
}

#[test]
fn there_are_enough_stories_and_each_has_a_title_of_its_own() {
    let stories = stories();
    assert!(stories.len() >= 170, "{} stories", stories.len());
    let titles: BTreeSet<String> = stories.iter().map(|path| Story::read(path).title).collect();
    assert_eq!(titles.len(), stories.len());
}

/// One test for all, because a story is a folder and not a function; each is named where it fails.
#[test]
fn every_story_leaves_its_transcript_natively_and_through_the_component() {
    // Built and loaded before the first story, which would otherwise run out of its time.
    host();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let plays: Vec<_> = stories()
        .into_iter()
        .map(|path| {
            let story = Story::read(&path);
            let play = runtime.spawn(async move {
                let native = Stage::play(&story, Play::Native).await;
                (native, Stage::play(&story, Play::Component).await)
            });
            (path, play)
        })
        .collect();
    let mut failures = Vec::new();
    for (path, play) in plays {
        let failure = match runtime.block_on(play) {
            Ok((native, component)) => judge(&path, &native, &component),
            Err(error) => Err(format!("cannot be played: {}", reason(error.into_panic().as_ref()))),
        };
        failures.extend(failure.err().map(|failure| format!("{}: {failure}", name(&path))));
    }
    assert!(failures.is_empty(), "{} stories fail:\n{}", failures.len(), failures.join("\n"));
}

/// Compares both ways of playing with each other, then with the transcript that is kept.
fn judge(path: &Path, native: &str, component: &str) -> Result<(), String> {
    if let Some((natively, in_component)) =
        native.lines().zip(component.lines()).find(|(natively, in_component)| natively != in_component)
    {
        return Err(format!(
            "the two ways of playing differ:\n  natively   {natively}\n  component  {in_component}"
        ));
    }
    if native != component {
        return Err("one way of playing goes on longer than the other".to_owned());
    }
    let snapshot = || {
        insta::with_settings!({
            snapshot_path => path, prepend_module_to_snapshot => false, omit_expression => true,
        }, {
            insta::assert_snapshot!("transcript", component);
        });
    };
    catch_unwind(AssertUnwindSafe(snapshot))
        .map_err(|_| "differs from its transcript.snap, as shown above".to_owned())
}

/// What a panic says.
fn reason(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}
