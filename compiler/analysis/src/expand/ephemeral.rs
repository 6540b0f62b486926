//! What ephemeral environments must say, and no others may.

use super::Expansion;
use super::frame::Frame;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Environment, Fact, Tier};

impl Expansion<'_, '_> {
    /// What an ephemeral environment must say, and no other may.
    pub(super) fn check_ephemeral(&mut self, environment: &Environment, opened: Option<Span>, frame: &Frame) {
        let name = &environment.name;
        if environment.tier == Tier::Ephemeral {
            self.check_teardown_facts(environment);
            let (missing, remedy) = match (environment.ttl, &environment.teardown) {
                (Some(_), Some(_)) => return,
                (None, None) => (
                    "`ttl` and `teardown`",
                    "say how long it lives (`ttl 48h`) and how it goes (`teardown run \"…\"`)",
                ),
                (None, Some(_)) => ("`ttl`", "say how long it lives at most: `ttl 48h`"),
                (Some(_), None) => ("`teardown`", "say how it goes: `teardown run \"…\"`"),
            };
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0502,
                    format!("ephemeral environment `{name}` does not say its {missing}"),
                    environment.origin.span,
                )
                .help(format!("{remedy}; engines miss some closed pull requests")),
            );
            return;
        }
        let teardown = environment.teardown.as_ref().map(|teardown| teardown.origin.span);
        let ends = [("`teardown`", teardown), ("`ttl`", environment.ttl.map(|_| environment.origin.span))];
        if let Some((word, span)) = ends.into_iter().find_map(|(word, span)| Some((word, span?))) {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0501,
                    format!(
                        "{word} is for ephemeral environments, and `{name}` is of tier {}",
                        environment.tier.word()
                    ),
                    span,
                )
                .help("drop it: this environment stays; or say `tier ephemeral per pull-request`"),
            );
        }
        if let Some(span) = opened {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0503,
                    format!(
                        "only an ephemeral environment may be open, and `{name}` is of tier {}",
                        environment.tier.word()
                    ),
                    span,
                )
                .help("pull requests run code that nobody has reviewed: give them an environment of `tier ephemeral per pull-request`"),
            );
        }
    }

    /// A teardown knows the number of its pull request and no other fact: it is of no commit, and of no run of the pipeline.
    fn check_teardown_facts(&mut self, environment: &Environment) {
        let Some(teardown) = &environment.teardown else { return };
        let values = environment.values.iter().map(|value| (value, "say it in `env` of the deploys instead"));
        let own = teardown.env.iter().map(|binding| (binding, "leave it out"));
        for (binding, remedy) in values.chain(own) {
            let is_known = |fact: &&Fact| matches!(fact, Fact::PullRequestNumber | Fact::Secret(_));
            let Some(fact) = binding.value.facts().find(|fact| !is_known(fact)) else { continue };
            let message = format!("`{fact}` does not exist in the teardown of `{}`", environment.name);
            let diagnostic = Diagnostic::error(codes::P0111, message, binding.origin.span)
                .note("it runs when a pull request is closed, and in a sweep: it gets the values of its environment, and of the facts `pull-request.number` alone")
                .help(remedy);
            self.report(&Frame::default(), binding.origin.explain(diagnostic));
        }
    }
}
