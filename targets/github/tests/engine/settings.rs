//! Settings that the platform holds, where the output reads another one, or decides their value.

use crate::broken::{broken, edited};
use crate::sample::{Build, body, origin, push, run};
use crate::whole::{compiled, findings};
use pipec_ir::{Binding, Condition, Fact, GeneratedFile, NodeKind, Setting, Text};

/// A job that reads two settings, one of which has a default.
fn reading() -> Build {
    let mut build = Build::new("reading", vec![push(&["main"])]);
    build.stage("commit", Condition::Always);
    let mut work = body(vec![run("./tell.sh")], &[]);
    for (variable, at, default) in [("LEVEL", "LEVEL", None), ("PLACE", "API_URL", Some("shop's"))] {
        let setting = Setting { at: at.to_owned(), default: default.map(str::to_owned), origin: origin() };
        build.program.settings.insert(at.to_owned(), setting);
        let mut value = Text::literal("at ");
        value.append(Text::fact(Fact::Setting { name: variable.to_lowercase(), at: at.to_owned() }));
        work.env.push(Binding { variable: variable.to_owned(), value, origin: origin() });
    }
    build.node("tell", NodeKind::Job, work, &[]);
    build
}

#[test]
fn a_default_counts_where_the_platform_holds_nothing() {
    let build = reading();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    assert!(file.text.contains("LEVEL: at ${{ vars.LEVEL }}\n"), "{}", file.text);
    assert!(file.text.contains("PLACE: at ${{ vars.API_URL || 'shop''s' }}\n"), "{}", file.text);
}

const HELD: &str = "vars.API_URL || 'shop''s'";

broken! {
    another_setting: reading { "tell": "vars.LEVEL" => "vars.API_URL" } "`LEVEL`";
    no_default: reading { "tell": HELD => "vars.API_URL" } "`PLACE`";
    a_default_that_nobody_wrote: reading { "tell": "vars.LEVEL" => "vars.LEVEL || 'low'" } "`LEVEL`";
    another_default: reading { "tell": HELD => "vars.API_URL || 'shop'" } "`PLACE`";
    the_default_alone: reading { "tell": HELD => "'shop''s'" } "`PLACE`";
    the_default_first: reading { "tell": HELD => "'shop''s' || vars.API_URL" } "`PLACE`";
    an_input_instead: reading { "tell": HELD => "inputs.API_URL || 'shop''s'" } "`PLACE`";
    both_demanded: reading { "tell": HELD => "vars.API_URL && 'shop''s'" } "`PLACE`";
}
