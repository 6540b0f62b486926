//! The workflows of small programs, as people would review them.

use crate::programs;

#[test]
fn hello() {
    insta::assert_snapshot!(programs::hello().workflow());
}

#[test]
fn service() {
    insta::assert_snapshot!(programs::service().workflow());
}

#[test]
fn every_event() {
    insta::assert_snapshot!(programs::every_event().workflow());
}

#[test]
fn awkward() {
    insta::assert_snapshot!(programs::awkward().workflow());
}
