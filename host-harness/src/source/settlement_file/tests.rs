//! Files as people hand them in: plain, packed, packed by another program, damaged, too large.

use std::io::Write;

use super::*;

pub(in crate::source) const TEXT: &str = "settlement-id\tdeposit-date\ttotal-amount\n1\t2\t3\n";

/// Packed by a program that writes the name of the file and a time beside it.
pub(in crate::source) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new()
        .filename("a.txt")
        .mtime(1_700_000_000)
        .write(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn settlement(file: impl AsRef<[u8]>) -> ArrivedEvent {
    match read(file.as_ref()).unwrap() {
        HandedIn::Settlement(event) => event,
        other => panic!("{other:?}"),
    }
}

fn unpacked(body: &[u8]) -> String {
    let mut text = String::new();
    MultiGzDecoder::new(body).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_plain_file_is_packed_and_named_by_what_is_in_it() {
    let event = settlement(TEXT);
    assert_eq!(unpacked(&event.body), TEXT);
    assert_eq!((event.export, event.source), (Export::OnFinancialEvent, Source::Upload));
    assert_eq!(event.content_type, "application/gzip");
    assert_eq!(event.event_id, arrived_id(TEXT.as_bytes()), "as it would be by any other way");
    assert_eq!(event.ordering_key, Some(format!("settlement-file/{}", event.event_id)));
    assert_eq!(settlement(TEXT), event, "to the byte");
    assert_ne!(settlement(format!("{TEXT}4\t5\t6\n")).event_id, event.event_id);
}

fn arrived_id(body: &[u8]) -> String {
    crate::source::event_id(body)
}

#[test]
fn a_packed_file_stays_as_it_is_under_the_name_of_its_text() {
    let file = gzip(TEXT);
    let event = settlement(&file);
    assert_eq!((event.event_id, event.body), (settlement(TEXT).event_id, file.clone()));
    // Two members are one text (RFC 1952, section 2.2).
    let (first, second) = TEXT.split_at(20);
    assert_eq!(settlement([gzip(first), gzip(second)].concat()).event_id, settlement(TEXT).event_id);
}

#[test]
fn a_packed_file_that_is_cut_off_is_a_settlement_file_for_the_plugin_to_refuse() {
    let long = TEXT.to_owned() + &(0..20_000).map(|row| format!("{row}\t{row}\n")).collect::<String>();
    let whole = gzip(&long);
    let cut = &whole[..whole.len() / 2];
    let event = settlement(cut);
    assert_eq!((event.body.as_slice(), event.event_id), (cut, arrived_id(cut)));
}

#[test]
fn anything_else_comes_as_it_lies_under_a_name_of_its_own() {
    let notification =
        r#"{"NotificationType":"ORDER_CHANGE","NotificationMetadata":{"NotificationId":"n-1"}}"#;
    for body in [b"PK\x03\x04".to_vec(), Vec::new(), notification.into(), gzip("{}"), vec![0x1f, 0x8b]] {
        let HandedIn::Other(event) = read(&body[..]).unwrap() else { panic!("{body:?} is no settlement") };
        assert_eq!((event.event_id.len(), &event.body), (32, &body));
        assert_eq!((event.export, event.ordering_key), (Export::OnFinancialEvent, None));
    }
}

#[test]
fn what_is_too_large_is_not_read_to_its_end() {
    let endless = |start: &'static [u8]| start.chain(io::repeat(0));
    for start in [&GZIP_MAGIC[..], b"PK\x03\x04"] {
        let read = read(endless(start)).unwrap();
        assert!(matches!(read, HandedIn::TooLarge { most: UPLOAD_BYTES }), "{read:?}");
    }
    let length = TEXT.len() as u64;
    assert!(matches!(pack(TEXT.as_bytes(), length).unwrap(), HandedIn::Settlement(_)));
    let longer = pack(endless(TEXT.as_bytes()), length).unwrap();
    assert!(matches!(longer, HandedIn::TooLarge { most } if most == length), "{longer:?}");
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(hand_in(&folder.path().join("absent")).unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(hand_in(folder.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);
}
