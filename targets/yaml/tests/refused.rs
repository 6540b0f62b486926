//! Documents that no text can represent in every dialect.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

use pipec_yaml::{Cause, Document, Mapping, Node, Sequence, write};

fn refused(root: Mapping<'_>) -> (String, Cause) {
    let error = write(&Document::new(root)).unwrap_err();
    (error.path.join("/"), error.cause)
}

fn nested(levels: usize) -> Mapping<'static> {
    (1..levels).fold(Mapping::new().entry("a", 1), |inner, _| Mapping::new().entry("a", inner))
}

#[test]
fn keys_that_differ_only_in_case() {
    let inner = Mapping::new().entry("Path", 1).entry("b", 2).entry("PATH", 3);
    let root = Mapping::new().entry("env", Sequence::block([Mapping::new(), inner]));
    assert_eq!(refused(root), ("env/1/PATH".to_owned(), Cause::DuplicateKey));
}

#[test]
fn equal_keys_in_different_mappings_are_accepted() {
    let one = || Mapping::new().entry("a", 1);
    assert!(write(&Document::new(Mapping::new().entry("a", one()).entry("b", one()))).is_ok());
}

#[test]
fn nul_in_any_place() {
    for node in [Node::plain_or_quoted("a\0"), Node::double_quoted("\0"), Node::script("a\n\0\n")] {
        assert_eq!(refused(Mapping::new().entry("a", node.clone())), ("a".to_owned(), Cause::Nul));
        assert_eq!(refused(Mapping::new().entry("a", Sequence::flow([node]))).1, Cause::Nul);
    }
    assert_eq!(refused(Mapping::new().entry("\0", 1)).1, Cause::Nul);
}

#[test]
fn keys_longer_than_readers_look() {
    assert!(write(&Document::new(Mapping::new().entry("a".repeat(1000), 1))).is_ok());
    assert_eq!(refused(Mapping::new().entry("a".repeat(1001), 1)).1, Cause::KeyTooLong);
    assert_eq!(refused(Mapping::new().entry("\u{7}".repeat(300), 1)).1, Cause::KeyTooLong);
}

#[test]
fn bare_keys_that_are_no_words() {
    for key in ["", "a b", "1", "a:", "é"] {
        assert_eq!(refused(Mapping::new().bare_key(key, 1)).1, Cause::BareKey);
    }
}

#[test]
fn integers_that_doubles_lose() {
    let largest = (1_i64 << 53) - 1;
    assert_eq!(
        write(&Document::new(Mapping::new().entry("a", -largest))).unwrap(),
        format!("a: {}\n", -largest)
    );
    assert_eq!(refused(Mapping::new().entry("a", largest + 1)).1, Cause::IntegerTooLarge);
    assert_eq!(refused(Mapping::new().entry("a", Sequence::flow([i64::MIN]))).1, Cause::IntegerTooLarge);
}

#[test]
fn collections_deeper_than_readers_follow() {
    assert!(write(&Document::new(nested(49))).is_ok());
    assert_eq!(refused(nested(50)).1, Cause::TooDeep);
}

#[test]
fn errors_say_where_and_why() {
    let root = Mapping::new().entry("jobs", Mapping::new().entry("a", 1).entry("A", 2));
    let error = write(&Document::new(root)).unwrap_err();
    assert_eq!(error.to_string(), "`jobs/A`: the key occurs twice in its mapping (case is ignored)");
}
