//! The workflows of small programs, as people would review them.

mod programs;

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
