use super::entries::{Entries, Fault};
use super::{
    ActionInput, InputForm, LockFile, LockLayout, MergeFault, PinnedAction, Pins, image_with_registry, lines,
    reader, tables,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use std::sync::Arc;

const ENTRY: &str =
    "[[action]]\nname = \"a/b\"\nversion = \"v1\"\ncommit = \"0123456789012345678901234567890123456789\"\n";
const LINE: &str = "\"a/b@v1\" = { commit = \"0123456789012345678901234567890123456789\" }\n";
const VERSION: &str = "0.2.0";

fn image(digit: &str) -> String {
    format!("[[image]]\nreference = \"postgres:17\"\ndigest = \"sha256:{}\"\n", digit.repeat(64))
}

/// A file with a table for each entry.
fn as_tables(pins: &Pins) -> String {
    let quoted = lines::quoted;
    let mut text = "# Kept by pipec build\n".to_owned();
    for action in &pins.actions {
        let PinnedAction { name, version, commit, inputs, outputs } = &**action;
        let [name, version, commit] = [name, version, commit].map(|value| quoted(value));
        text.push_str(&format!("\n[[action]]\nname = {name}\nversion = {version}\ncommit = {commit}\n"));
        if !outputs.is_empty() {
            let outputs: Vec<String> = outputs.iter().map(|name| quoted(name)).collect();
            text.push_str(&format!("outputs = [{}]\n", outputs.join(", ")));
        }
        text.push_str(if inputs.is_empty() { "" } else { "\n[action.inputs]\n" });
        for (name, input) in inputs {
            let is_bare = name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'));
            let key = if is_bare { name.clone() } else { quoted(name) };
            let required = if input.required { "required " } else { "" };
            text.push_str(&format!("{key} = \"{required}{}\"\n", input.ty.word()));
        }
    }
    for (reference, digest) in &pins.images {
        text.push_str(&format!(
            "\n[[image]]\nreference = {}\ndigest = {}\n",
            quoted(reference),
            quoted(digest)
        ));
    }
    text
}

fn read_as_toml(text: &str) -> Result<LockFile, Fault> {
    Entries::from_toml(text).and_then(Entries::checked)
}

fn read(text: &str) -> Result<LockFile, Fault> {
    reader::entries(text).and_then(Entries::checked)
}

#[test]
fn pins_are_read_back_as_written() {
    let text = format!(
        "{ENTRY}outputs = [\"x\"]\n[action.inputs]\nkey = \"required string\"\n\"a b\" = \"boolean\"\n{}",
        image("a")
    );
    let pins = Pins::read(&text).unwrap();
    assert_eq!(pins.images.keys().collect::<Vec<_>>(), ["docker.io/library/postgres:17"]);
    let written =
        LockFile { pins: pins.clone(), version: Some(VERSION.to_owned()), layout: LockLayout::Lines };
    assert_eq!(LockFile::read(&LockFile::write(&pins, VERSION)), Ok(written));
    let of_0_1_0 = LockFile { pins: pins.clone(), version: None, layout: LockLayout::Tables };
    assert_eq!(LockFile::read(&as_tables(&pins)), Ok(of_0_1_0));
}

#[test]
fn a_lock_file_has_the_version_and_a_line_for_each_entry() {
    let entry = |name: &str, version: &str| ENTRY.replace("a/b", name).replace("v1", version);
    let signature =
        "outputs = [\"x\", \"y\"]\n[action.inputs]\nkey = \"required string\"\n\"a b\" = \"boolean\"\n";
    let entries =
        [entry("b/c", "v1"), entry("a/b", "v9.1"), signature.to_owned(), entry("a/b", "v10"), image("a")];
    let written = LockFile::write(&Pins::read(&entries.concat()).unwrap(), VERSION);
    let lines: Vec<&str> = written.lines().filter(|line| !line.starts_with('#')).collect();
    let commit = "0123456789012345678901234567890123456789";
    assert_eq!(
        lines,
        [
            "",
            "pipec = \"0.2.0\"",
            "",
            "[actions]",
            &format!("\"a/b@v10\" = {{ commit = \"{commit}\" }}"),
            &format!(
                "\"a/b@v9.1\" = {{ commit = \"{commit}\", inputs = {{ \"a b\" = \"boolean\", key = \"required string\" }}, \
                 outputs = [\"x\", \"y\"] }}"
            ),
            &format!("\"b/c@v1\" = {{ commit = \"{commit}\" }}"),
            "",
            "[images]",
            &format!("\"docker.io/library/postgres:17\" = \"sha256:{}\"", "a".repeat(64)),
        ]
    );
    assert!(LockFile::is_kept_by_build(&written) && !LockFile::is_kept_by_build(ENTRY));
    let checked_out_on_windows = written.replace('\n', "\r\n");
    assert!(LockFile::is_kept_by_build(&checked_out_on_windows));
    assert_eq!(LockFile::read(&checked_out_on_windows), LockFile::read(&written));
}

#[test]
fn a_file_may_mix_lines_and_tables() {
    let line = LINE.replace("a/b", "c/d");
    let mixed = LockFile::read(&format!("[actions]\n{line}\n{ENTRY}")).unwrap();
    let names: Vec<&str> = mixed.pins.actions.iter().map(|action| action.name.as_str()).collect();
    assert_eq!((names, mixed.layout), (vec!["a/b", "c/d"], LockLayout::Tables));
    let table = "[actions.\"a/b@v1\"]\ncommit = \"0123456789012345678901234567890123456789\"\n\
                 inputs.key = \"string\"\n";
    assert_eq!(LockFile::read(table).unwrap().pins.actions[0].inputs.len(), 1);
}

#[test]
fn the_newer_version_is_known() {
    let file = |version: &str| LockFile { version: Some(version.to_owned()), ..LockFile::default() };
    assert!(file("0.10.0").is_newer_than("0.9.9") && file("0.2.0").is_newer_than("0.2.0-rc.1"));
    assert!(!file("0.2.0").is_newer_than("0.2.0") && !file("0.2.0-rc.1").is_newer_than("0.2.0"));
    assert!(!LockFile::default().is_newer_than("0.1.0"));
    assert_eq!(LockFile::version_named("# x\npipec = \"9.0.0\"\nnews = {}\n"), Some("9.0.0"));
    assert_eq!(LockFile::version_named(ENTRY), None);
}

#[test]
fn adding_replaces_nothing_and_adds_no_duplicates() {
    let mut pins = Pins::read(ENTRY).unwrap();
    let image = |digit: &str| Pins::read(&image(digit)).unwrap();
    pins.add(&image("a"));
    let before = pins.clone();
    pins.add(&image("b"));
    pins.add(&Pins::read(ENTRY).unwrap());
    assert_eq!(pins, before);
    let mut more = before.clone();
    more.add(&Pins::read(&ENTRY.replace("v1", "v2")).unwrap());
    assert_eq!(more.without(&before), ["`a/b` v2"]);
    assert_eq!(before.without(&Pins::default()), ["`a/b` v1", "`docker.io/library/postgres:17`"]);
    assert_eq!(before.without(&more), Vec::<String>::new());
    assert!(Pins::default().is_empty() && !before.is_empty());
}

fn any_action() -> impl Strategy<Value = PinnedAction> {
    let form = prop_oneof![Just(InputForm::String), Just(InputForm::Boolean), Just(InputForm::Integer)];
    let input = (form, any::<bool>()).prop_map(|(ty, required)| ActionInput { ty, required });
    let key = "[ -~]{1,6}";
    (
        "[A-Za-z0-9_-]{1,4}/[A-Za-z0-9_-]{1,4}(/[a-z]{1,3})?",
        "v?[0-9a-z.+/_-]{1,6}",
        "[0-9a-f]{40}",
        btree_map(key, input, 0..4),
        btree_set(key, 0..3),
    )
        .prop_map(|(name, version, commit, inputs, outputs)| PinnedAction {
            name,
            version,
            commit,
            inputs,
            outputs,
        })
}

fn any_pins() -> impl Strategy<Value = Pins> {
    let images = btree_map("[a-z]{1,4}(/[a-z]{1,4})?:[a-z0-9.]{1,4}", "[0-9a-f]{64}", 0..4);
    (vec(any_action(), 0..6), images).prop_map(|(actions, images)| {
        let mut pins = Pins::default();
        for action in actions {
            let same = |known: &Arc<PinnedAction>| {
                known.name.eq_ignore_ascii_case(&action.name) && known.version == action.version
            };
            if !pins.actions.iter().any(same) {
                pins.add(&Pins { actions: vec![action.into()], ..Pins::default() });
            }
        }
        let image =
            |(name, digest): (String, String)| (image_with_registry(&name), format!("sha256:{digest}"));
        Pins { images: images.into_iter().map(image).collect(), ..pins }
    })
}

proptest! {
    #[test]
    fn any_pins_are_read_back_as_they_are_written(pins in any_pins()) {
        let text = LockFile::write(&pins, VERSION);
        let file = LockFile::read(&text).unwrap();
        prop_assert_eq!(&file.pins, &pins);
        prop_assert_eq!(LockFile::write(&file.pins, VERSION), text);
        prop_assert_eq!(&Pins::read(&as_tables(&pins)).unwrap(), &pins);
    }

    #[test]
    fn both_readers_agree_about_edited_files(
        pins in any_pins(),
        has_tables in any::<bool>(),
        place in any::<prop::sample::Index>(),
        removed in 0..3_usize,
        added in "[\\[\\]{}=,@\"# \n\r\t\\\\a\u{7f}-]{0,3}",
    ) {
        let text = if has_tables { as_tables(&pins) } else { LockFile::write(&pins, VERSION) };
        let characters: Vec<char> = text.chars().collect();
        let place = place.index(characters.len());
        let after = characters.get(place + removed..).unwrap_or_default();
        let edited: String = characters[..place].iter().copied().chain(added.chars()).chain(after.iter().copied()).collect();
        let (fast, toml) = (read(&edited), read_as_toml(&edited));
        // The reader of TOML has its own words for a key that appears twice.
        let is_repeated = fast.as_ref().is_err_and(|fault| fault.message.contains("appears twice"));
        if is_repeated {
            prop_assert!(toml.is_err());
        } else {
            prop_assert_eq!(fast, toml);
        }
    }

    #[test]
    fn two_sides_that_agree_are_merged(pins in any_pins(), sides in vec(0..3_u8, 10)) {
        let on = |left_out: u8| {
            let is_there = |place: usize| sides.get(place) != Some(&left_out);
            let actions = pins.actions.iter().enumerate().filter(|(place, _)| is_there(*place));
            let images = pins.images.iter().enumerate().filter(|(place, _)| is_there(place + 6));
            let images = images.map(|(_, (name, digest))| (name.clone(), digest.clone())).collect();
            Pins { actions: actions.map(|(_, action)| action.clone()).collect(), images }
        };
        let (ours, theirs) = (LockFile::write(&on(0), "0.2.0"), LockFile::write(&on(1), "0.10.0"));
        for base in ["", "||||||| 0123abc\n# Kept by pipec build\n"] {
            let text = format!("<<<<<<< HEAD\n{ours}{base}=======\n{theirs}>>>>>>> other\n");
            prop_assert_eq!(LockFile::conflict(&text), Some(1));
            prop_assert!(LockFile::is_kept_by_build(&text));
            let merged = LockFile::merge(&text).unwrap();
            prop_assert_eq!(&merged.pins, &pins);
            prop_assert_eq!(merged.version.as_deref(), Some("0.10.0"));
        }
    }
}

#[test]
fn written_files_are_read_without_the_reader_of_toml() {
    let text = format!(
        "{ENTRY}outputs = [\"x\", \"y\"]\n\n[action.inputs]\nkey = \"required string\"\n\n{}{}",
        ENTRY.replace("v1", "v2"),
        image("a")
    );
    let pins = Pins::read(&text).unwrap();
    let (of_lines, of_tables) = (LockFile::write(&pins, VERSION), as_tables(&pins));
    assert!(lines::entries(&of_lines).is_some() && tables::entries(&of_tables).is_some());
    assert_eq!(read(&of_lines), read_as_toml(&of_lines));
    assert_eq!(read(&of_tables), read_as_toml(&of_tables));
    for other in ["# a\tcomment\n", "x = 1\n", "[[action]]\n", " \n", "[[image]] # two\n", "[images]\n"] {
        assert!(lines::entries(&format!("{of_lines}{other}")).is_none(), "{other}");
        assert!(tables::entries(&format!("{of_tables}{other}")).is_none(), "{other}");
    }
}

#[test]
fn faulty_tables_are_reported() {
    let error_of = |text: &str| Pins::read(text).unwrap_err();
    assert_eq!(error_of(&format!("{ENTRY}{ENTRY}")), "line 5: `a/b` v1 appears twice");
    assert_eq!(
        error_of(&format!("{ENTRY}{}", ENTRY.replace("a/b", "A/b").replace("0123", "3210"))),
        "line 5: `A/b` v1 appears twice, first as `a/b`"
    );
    assert!(Pins::read(&format!("{ENTRY}{}", ENTRY.replace("a/b", "A/b"))).is_ok(), "one commit");
    assert_eq!(error_of(&ENTRY.replace("a/b", "b")), "line 1: `b` is not an action: write `owner/name`");
    assert_eq!(error_of(&ENTRY.replace("v1", "v1\\nx")), "line 1: `v1\\nx` is not a version of `a/b`");
    assert!(
        error_of(&ENTRY.replace("789\"", "78\""))
            .starts_with("line 1: `012345678901234567890123456789012345678")
    );
    assert!(
        error_of(&format!("{ENTRY}[action.inputs]\nk = \"text\""))
            .starts_with("line 1: the input `k` of `a/b` is `text`")
    );
    assert!(error_of("<<<<<<< HEAD").starts_with("line 1: "), "{}", error_of("<<<<<<< HEAD"));
    assert!(error_of(&ENTRY.replace("name", "nmae")).contains("unknown field `nmae`"));
    assert!(
        error_of("[[image]]\nreference = \"a\"\ndigest = \"sha256:12\"")
            .starts_with("line 1: `sha256:12` is not a digest")
    );
}

#[test]
fn faulty_lines_are_reported() {
    let error_of = |text: &str| Pins::read(&format!("pipec = \"0.2.0\"\n[actions]\n{text}")).unwrap_err();
    assert_eq!(error_of(&format!("{LINE}{LINE}")), "line 4: `a/b` v1 appears twice");
    assert_eq!(error_of(&LINE.replace("a/b", "b")), "line 3: `b` is not an action: write `owner/name`");
    assert_eq!(
        error_of(&LINE.replace("@v1", "")),
        "line 3: `a/b` has no version: write `\"owner/name@v1.2.3\"`"
    );
    assert_eq!(error_of(&LINE.replace("v1", "v 1")), "line 3: `v 1` is not a version of `a/b`");
    assert!(error_of(&LINE.replace("commit", "comit")).starts_with("line 3: "));
    assert!(
        error_of(&LINE.replace(" }", ", inputs = { k = \"text\" } }"))
            .starts_with("line 3: the input `k` of `a/b` is `text`")
    );
    assert!(error_of("[images]\n\"a\" = \"sha256:12\"\n").starts_with("line 4: `sha256:12` is not a digest"));
    let digest = "a".repeat(64);
    assert_eq!(
        error_of(&format!("[images]\n\"a\" = \"sha256:{digest}\"\n\"docker.io/a\" = \"sha256:{digest}\"\n")),
        "line 5: the image `docker.io/library/a` appears twice"
    );
    for version in ["", "1", "1.2", "1.2.x", "1.2.3-", "v1.2.3", "1.2.3 "] {
        let error = Pins::read(&format!("# x\npipec = \"{version}\"\n")).unwrap_err();
        assert_eq!(error, format!("line 2: `{version}` is not a version of pipec"));
    }
}

/// A lock file with a conflict between two parts.
fn conflict(ours: &str, base: Option<&str>, theirs: &str) -> String {
    let base = base.map(|base| format!("||||||| 0123abc\n{base}")).unwrap_or_default();
    format!(
        "# Kept by pipec build\n\npipec = \"0.2.0\"\n\n[actions]\n<<<<<<< HEAD\n{ours}{base}=======\n{theirs}>>>>>>> other\n"
    )
}

fn moved(digit: &str) -> String {
    LINE.replace("0123456789", &digit.repeat(10))
}

fn errors(text: &str) -> Vec<MergeFault> {
    LockFile::merge(text).unwrap_err()
}

fn contradiction(message: &str) -> MergeFault {
    MergeFault::Contradiction(message.to_owned())
}

fn unreadable(message: &str) -> MergeFault {
    MergeFault::Unreadable(message.to_owned())
}

#[test]
fn sides_that_contradict_each_other_are_named() {
    assert_eq!(
        errors(&conflict(&moved("1"), None, &moved("2"))),
        [contradiction(&format!(
            "lines 7 and 9 give `a/b` v1 two commits, `{}` and `{}`",
            "1".repeat(40),
            "2".repeat(40)
        ))]
    );
    assert_eq!(
        errors(&conflict(LINE, None, &LINE.replace(" }", ", outputs = [\"x\"] }"))),
        [contradiction("lines 7 and 9 give `a/b` v1 different inputs or outputs")]
    );
    let image = |digit: &str| format!("[images]\n\"a\" = \"sha256:{}\"\n", digit.repeat(64));
    let [one, two] = ["1", "2"].map(|digit| digit.repeat(64));
    assert_eq!(
        errors(&conflict(&image("1"), None, &image("2"))),
        [contradiction(&format!(
            "lines 8 and 11 give `docker.io/library/a` two digests, `sha256:{one}` and `sha256:{two}`"
        ))]
    );
    assert_eq!(errors(&conflict(&(moved("1") + &image("1")), None, &(moved("2") + &image("2")))).len(), 2);
    let other_case = LINE.replace("a/b", "A/b").replace("0123456789", "9876543210");
    assert_eq!(errors(&conflict(LINE, None, &other_case)).len(), 1);
}

#[test]
fn an_entry_that_one_side_has_changed_is_taken_from_it() {
    for (ours, theirs) in [("1", "0"), ("0", "1")] {
        let base = moved("0") + "[images]\n\"x\" = \"sha256:" + &"0".repeat(64) + "\"\n";
        let side = |digit: &str| base.replace("0000000000", &digit.repeat(10));
        let merged = LockFile::merge(&conflict(&side(ours), Some(&base), &side(theirs))).unwrap();
        assert!(merged.pins.actions[0].commit.starts_with("1111111111"));
        assert!(merged.pins.images.values().all(|digest| digest.starts_with("sha256:1111111111")));
    }
    assert_eq!(LockFile::merge(&conflict(&moved("1"), Some(&moved("0")), &moved("2"))).unwrap_err().len(), 1);
}

#[test]
fn conflicts_in_tables_are_merged() {
    let entry = |name: &str| ENTRY.replace("a/b", name);
    let text = format!(
        "# Kept by pipec build\n\n[[action]]\n<<<<<<< HEAD\n{}=======\n{}>>>>>>> other\n",
        entry("a/b").replace("[[action]]\n", ""),
        entry("c/d").replace("[[action]]\n", "")
    );
    let merged = LockFile::merge(&text).unwrap();
    assert_eq!(merged.pins.without(&Pins::default()), ["`a/b` v1", "`c/d` v1"]);
    assert_eq!(merged.layout, LockLayout::Tables);

    let upgraded = conflict(LINE, None, &format!("\n{}", entry("c/d")));
    let merged = LockFile::merge(&upgraded).unwrap();
    assert_eq!(merged.pins.without(&Pins::default()), ["`a/b` v1", "`c/d` v1"]);
}

#[test]
fn broken_conflicts_are_reported() {
    let whole = conflict(LINE, None, LINE);
    for (marker, line) in [("=======\n", 9), (">>>>>>> other\n", 6)] {
        let message = format!("line {line}: the markers of a conflict are incomplete");
        assert_eq!(errors(&whole.replace(marker, "")), [unreadable(&message)]);
    }
    assert_eq!(
        errors(&conflict(&LINE.replace("a/b", "b"), None, &LINE.replace("a/b", "c"))),
        [
            unreadable("line 7: `b` is not an action: write `owner/name`"),
            unreadable("line 9: `c` is not an action: write `owner/name`")
        ]
    );
    let outside = whole.replace("0.2.0", "2");
    assert_eq!(errors(&outside), [unreadable("line 3: `2` is not a version of pipec")]);
    let by_hand = whole.replace("# Kept by pipec build\n", "# ours\n");
    assert!(LockFile::is_kept_by_build(&whole) && !LockFile::is_kept_by_build(&by_hand));
    assert_eq!(LockFile::conflict(LINE), None);
    assert_eq!(LockFile::conflict(&whole), Some(6));
    assert_eq!(LockFile::conflict("<<<<<<<<< nested\n"), None);
}

#[test]
fn a_reference_has_the_registry_that_engines_assume() {
    for (short, long) in [
        ("postgres:17", "docker.io/library/postgres:17"),
        ("acme/web:1", "docker.io/acme/web:1"),
        ("docker.io/postgres:17", "docker.io/library/postgres:17"),
        ("ghcr.io/acme/web:1", "ghcr.io/acme/web:1"),
        ("localhost/web:1", "localhost/web:1"),
        ("localhost:5000/web:1", "localhost:5000/web:1"),
    ] {
        assert_eq!(image_with_registry(short), long);
    }
}
