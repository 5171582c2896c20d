//! Bytes of each version are read and written back as they are.

use super::*;

const MANIFEST: &str = include_str!("../samples/version-1-manifest.json");
const ITEMS: &str = include_str!("../samples/version-1-items.json");

#[test]
fn a_manifest_of_version_1_is_read_and_written_back() {
    let manifest = manifest_from_bytes(MANIFEST.trim_end().as_bytes()).expect("it is readable");
    assert_eq!(manifest.settlement, SettlementId(50_011_020_300));
    assert_eq!(manifest.total.to_string(), "-12.34 GBP");
    assert_eq!((manifest.parts_done, manifest.parts_waiting.as_slice()), (2, &[0, 1][..]));
    assert_eq!(manifest.findings[0].subject, "50011020300");
    assert_eq!(String::from_utf8(manifest_to_bytes(&manifest)).as_deref(), Ok(MANIFEST.trim_end()));
}

/// The sample has every kind of posting and every stage.
#[test]
fn items_of_version_1_are_read_and_written_back() {
    let items = items_from_bytes(ITEMS.trim_end().as_bytes()).expect("they are readable");
    let posted: Vec<(String, bool)> =
        items.iter().map(|item| (item.posting.to_string(), item.is_posted())).collect();
    let expected = [
        ("payment of order 026-1111111-1111111", false),
        ("payment of order 026-2222222-2222222", true),
        ("payment of order 026-3333333-3333333", true),
        ("refund of order 026-1111111-1111111", false),
        ("fees of October 2026", true),
        ("Stock sold to liquidators", true),
        ("To be decided: New / Newer / Newest: row, the first in line 9", false),
        ("Between Amazon and the seller's bank", false),
        ("Amazon payout", false),
        ("movements between balances", false),
    ];
    assert_eq!(posted, expected.map(|(name, posted)| (name.to_owned(), posted)));
    assert!(items[0].waits_for_a_person());
    assert_eq!(String::from_utf8(items_to_bytes(&items)).as_deref(), Ok(ITEMS.trim_end()));
}

#[test]
fn what_is_newer_or_damaged_is_refused() {
    for (from, to) in [
        (r#""version":1"#, r#""version":2"#),
        (r#""currency":"GBP""#, r#""currency":"pounds""#),
        ("KA-08", "KA-99"),
        ("2026-10-2", "2026-13-2"),
        ("{", "["),
    ] {
        assert!(MANIFEST.contains(from) && ITEMS.contains(from), "the samples have {from}");
        assert!(manifest_from_bytes(MANIFEST.replace(from, to).as_bytes()).is_none(), "{to}");
        assert!(items_from_bytes(ITEMS.replace(from, to).as_bytes()).is_none(), "{to}");
    }
    for (from, to) in [
        (r#""purpose":"PAYOUT""#, r#""purpose":"GIFT""#),
        (r#""kind":"payment""#, r#""kind":"present""#),
        (r#"{"recorded":7}"#, r#"{"recorded":7,"intended":"2026-10-29T12:00:00+00:00"}"#),
    ] {
        assert!(ITEMS.contains(from), "the sample has {from}");
        assert!(items_from_bytes(ITEMS.replace(from, to).as_bytes()).is_none(), "{to}");
    }
}
