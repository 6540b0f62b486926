//! Facts over a vocabulary, with and without a pipeline.

use pipec_ir::facts::{ChangeId, Changed, Facts, ResolvedCondition, Vocabulary};
use pipec_ir::{Change, Condition, Event, InputType};
use pipec_logic::{Glob, Language};

#[expect(clippy::unwrap_used, reason = "each text here is a valid glob")]
fn glob(text: &str) -> Glob {
    Glob::parse(text).unwrap()
}

/// Pushes and manual runs, with two sets of branches.
fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    vocabulary.add_event(Event::Push);
    vocabulary.add_event(Event::Manual);
    vocabulary
}

#[test]
fn a_vocabulary_without_a_pipeline_gives_facts() {
    let mut vocabulary = vocabulary();
    let main = vocabulary.add_branch(&glob("main"));
    let any_case = vocabulary.add_branch_language(Language::literal_ignoring_case("main"));
    let docs = vocabulary.add_paths(&glob("docs/**"));
    let facts = Facts::over(vocabulary).unwrap();
    let logic = facts.propositions();
    let valid = |holds| logic.and(facts.valid(), &holds);

    assert!(logic.implies_always(&facts.branch(main), &facts.branch(any_case)).unwrap());
    assert!(!logic.implies_always(&valid(facts.branch(any_case)), &facts.branch(main)).unwrap());
    let pushed = facts.event(Event::Push);
    let known = logic.and_not(&facts.changed(&[ChangeId::Paths(docs)]), &facts.unknown());
    let run = facts.run(&valid(logic.all([&pushed, &facts.branch(main), &known]))).unwrap().unwrap();
    assert_eq!(run.to_string(), "push of branch `main`, changing `docs/x`");
    assert_eq!(run.changed, Changed::Paths(vec!["docs/x".to_owned()]));
    assert!(!logic.is_satisfiable(&valid(facts.event(Event::Tag))).unwrap());
}

#[test]
fn an_unregistered_name_has_no_handle() {
    let mut vocabulary = vocabulary();
    let main = vocabulary.add_branch(&glob("main"));
    vocabulary.add_kind("docs");
    vocabulary.add_input("size", &InputType::String);
    vocabulary.add_input_value("size", "small");
    assert_eq!(vocabulary.branch(&glob("main")), Some(main));
    assert_eq!(vocabulary.branch(&glob("develop")), None);
    assert_eq!(vocabulary.tag(&glob("main")), None);
    assert_eq!(vocabulary.paths(&glob("main")), None);
    assert!(vocabulary.kind("docs").is_some());
    assert_eq!(vocabulary.kind("schema"), None);
    assert!(vocabulary.input_value("size", "small").is_some());
    assert_eq!(vocabulary.input_value("size", "large"), None);
    assert_eq!(vocabulary.input_value("place", "small"), None);
}

#[test]
fn no_decision_is_made_on_a_handle_of_another_vocabulary() {
    let mut other = vocabulary();
    let resolved = other.add_condition(&Condition::Any(vec![
        Condition::Branch(glob("main")),
        Condition::Tag(glob("v*")),
        Condition::Changed(vec![Change::Kind("docs".to_owned()), Change::Glob(glob("*.md"))]),
        Condition::Input { name: "size".to_owned(), value: "small".to_owned() },
    ]));
    let facts = Facts::over(vocabulary()).unwrap();
    let logic = facts.propositions();
    let ResolvedCondition::Any(parts) = resolved else { panic!("{resolved:?}") };
    assert_eq!(parts.len(), 4);
    for part in parts {
        let holds = facts.condition(&part);
        assert!(logic.is_satisfiable(&holds).is_err(), "{part:?}");
        assert!(logic.is_satisfiable(&logic.not(&holds)).is_err(), "{part:?}");
        let negated = facts.condition(&ResolvedCondition::Not(Box::new(part)));
        assert!(facts.run(&negated).is_err());
    }
}

#[test]
fn rules_split_paths_only_if_a_kind_is_added() {
    let regions = |kinds: &[&str]| {
        let mut vocabulary = vocabulary();
        vocabulary.add_change_rule("docs", &[glob("docs/**"), glob("*.md")]);
        kinds.iter().for_each(|kind| {
            vocabulary.add_kind(kind);
        });
        Facts::over(vocabulary).unwrap().propositions().variables().count()
    };
    assert_eq!(regions(&["docs"]), regions(&[]) + 2);
    assert_eq!(regions(&["docs", "code"]), regions(&["docs"]));
}

#[test]
fn the_last_rule_that_claims_a_path_gives_its_kind() {
    let mut vocabulary = vocabulary();
    vocabulary.add_change_rule("docs", &[glob("docs/**")]);
    vocabulary.add_change_rule("schema", &[glob("**/*.sql")]);
    let kinds = ["docs", "schema", "code"].map(|kind| vocabulary.add_kind(kind));
    let sql = vocabulary.add_paths(&glob("docs/*.sql"));
    let facts = Facts::over(vocabulary).unwrap();
    let logic = facts.propositions();
    let [docs, schema, code] = kinds.map(|kind| facts.changed(&[ChangeId::Kind(kind)]));
    let sql = facts.changed(&[ChangeId::Paths(sql)]);
    assert!(logic.implies_always(&sql, &schema).unwrap());
    let known = logic.and_not(&sql, &facts.unknown());
    assert!(!logic.implies_always(&known, &docs).unwrap());
    assert!(!logic.implies_always(&known, &code).unwrap());
}

#[test]
fn an_input_of_a_closed_type_has_all_of_its_values_and_no_other() {
    let mut vocabulary = vocabulary();
    vocabulary.add_input("dry", &InputType::Boolean);
    vocabulary.add_input("size", &InputType::String);
    vocabulary.add_input("unused", &InputType::Boolean);
    let dry = vocabulary.add_input_value("dry", "true");
    let small = vocabulary.add_input_value("size", "small");
    let facts = Facts::over(vocabulary).unwrap();
    let values = |name| facts.vocabulary().input_values(name).map(|(value, _)| value).collect::<Vec<_>>();
    assert_eq!(values("dry"), ["false", "true"]);
    assert_eq!(values("size"), ["small"]);
    assert!(values("unused").is_empty());
    let logic = facts.propositions();
    let manual = logic.and(facts.valid(), &facts.event(Event::Manual));
    let wet = facts.input(facts.vocabulary().input_value("dry", "false").unwrap());
    let either = logic.or(&facts.input(dry), &wet);
    assert!(logic.implies_always(&manual, &either).unwrap());
    assert!(!logic.implies_always(&manual, &facts.input(small)).unwrap());
}
